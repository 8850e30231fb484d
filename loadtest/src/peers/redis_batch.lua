-- A batch in order: KEYS wallet, id, wallet, id, ...; ARGV amounts. A digit an event: 0 charged, 1 duplicate, 2 refused.
local call, told = redis.call, {}
for at = 1, #ARGV do
  local wallet, id, amount = KEYS[2 * at - 1], KEYS[2 * at], ARGV[at]
  if call('SETNX', id, 1) == 0 then
    told[at] = '1'
  elseif call('DECRBY', wallet, amount) >= 0 then
    told[at] = '0'
  else
    call('INCRBY', wallet, amount)
    call('DEL', id)
    told[at] = '2'
  end
end
return table.concat(told)
