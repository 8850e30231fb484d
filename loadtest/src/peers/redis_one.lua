-- One event: KEYS wallet, id; ARGV amount. 0 charged, 1 duplicate, 2 refused.
-- It is taken first and given back where that went below zero, as nearly every event is new and covered.
if redis.call('SETNX', KEYS[2], 1) == 0 then return 1 end
if redis.call('DECRBY', KEYS[1], ARGV[1]) >= 0 then return 0 end
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
return 2
