import { useCallback, useEffect, useState } from "react";

export interface Reading<T> {
  value: T | undefined;
  error: unknown;
  read: () => Promise<void>;
}

// Something that the server tells when asked: now, again every few seconds, and when told to. The
// last value stays while a later question fails. `ask` has to be the same function between renders.
export function useRead<T>(ask: () => Promise<T>, everyMs: number): Reading<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const read = useCallback(async () => {
    try {
      setValue(await ask());
      setError(undefined);
    } catch (problem) {
      setError(problem);
    }
  }, [ask]);
  useEffect(() => {
    void read();
    const timer = setInterval(() => void read(), everyMs);
    return () => clearInterval(timer);
  }, [read, everyMs]);
  return { value, error, read };
}
