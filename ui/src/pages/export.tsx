// Exports with exactly the filters shown: the table, or every message. A file is handed over once it is whole.
import { Button, Group, Menu, Modal, Progress, Stack, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { Problem } from '../api/client';
import { queryOf, type Filters } from '../lib/filters';
import { Icon } from '../parts/icon';
import { tellDone, tellTrouble } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

const NEWLINE = 10;

export function Export({ filters }: { filters: Filters }) {
  const { id, format } = useWallet();
  const [progress, setProgress] = useState<{ rows: number; all: number } | null>(null);
  const stop = useRef<AbortController>(null);

  const run = async (what: 'usage' | 'entries') => {
    const query = queryOf(filters);
    if (what === 'usage') query.append('group_by', filters.by);
    const controller = new AbortController();
    stop.current = controller;
    setProgress({ rows: 0, all: 0 });
    try {
      const path = `/v1/wallets/${encodeURIComponent(id)}/${what}.csv?${query}`;
      const response = await fetch(path, { signal: controller.signal });
      if (!response.ok || !response.body) throw await Problem.of(response);
      const all = Number(response.headers.get('Farebox-Rows') ?? 0);
      const name = /filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? `${what}.csv`;
      const parts: BlobPart[] = [];
      // The header is no row.
      let rows = -1;
      let told = 0;
      const reader = response.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parts.push(part.value);
        for (const byte of part.value) if (byte === NEWLINE) rows += 1;
        if (performance.now() - told > 100) {
          told = performance.now();
          setProgress({ rows: Math.min(Math.max(rows, 0), all), all });
        }
      }
      save(new Blob(parts, { type: 'text/csv;charset=utf-8' }), name);
      tellDone(t.usage.exported(name));
    } catch (error) {
      if (!controller.signal.aborted) {
        tellTrouble(error instanceof Problem ? error : new Problem(0, 'cut_off', t.usage.exportBroken));
      }
    } finally {
      setProgress(null);
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<Icon name="download" />}>{t.usage.export}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void run('usage')}>{t.usage.exportTable}</Menu.Item>
          <Menu.Item onClick={() => void run('entries')}>{t.usage.exportMessages}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={progress !== null} onClose={() => stop.current?.abort()} title={<Text fw={600}>{t.usage.exporting}</Text>} closeButtonProps={{ 'aria-label': t.cancel }} closeOnClickOutside={false}>
        {progress && (
          <Stack>
            <Progress value={progress.all > 0 ? (progress.rows / progress.all) * 100 : 0} aria-label={t.usage.exporting} />
            <Group justify="space-between">
              <Text size="sm" className="figures">{t.usage.exportRows(format.number(progress.rows), format.number(progress.all))}</Text>
              <Button variant="default" size="xs" onClick={() => stop.current?.abort()}>{t.cancel}</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}

function save(file: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
