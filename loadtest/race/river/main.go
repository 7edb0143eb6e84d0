// The River side of the no-op race: a queue tuned for throughput on a PostgreSQL of its own schema.
//
// Prints one JSON object: single inserts per second, end-to-end jobs per second (inserted and
// worked together), jobs per second when draining a backlog, and the unloaded latency from insert
// to start.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

type noopArgs struct {
	SentAt int64 `json:"sent_at"` // Unix nanoseconds
}

func (noopArgs) Kind() string { return "noop" }

type noopWorker struct {
	river.WorkerDefaults[noopArgs]
	done    *atomic.Int64
	started func(time.Duration)
}

func (w *noopWorker) Work(_ context.Context, job *river.Job[noopArgs]) error {
	if w.started != nil {
		w.started(time.Duration(time.Now().UnixNano() - job.Args.SentAt))
	}
	w.done.Add(1)
	return nil
}

type bench struct {
	pool    *pgxpool.Pool
	jobs    int
	clients int
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func (b *bench) client(done *atomic.Int64, started func(time.Duration)) *river.Client[pgx.Tx] {
	workers := river.NewWorkers()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	river.AddWorker(workers, &noopWorker{done: done, started: started})
	client, err := river.NewClient(riverpgxv5.New(b.pool), &river.Config{
		FetchCooldown:     2 * time.Millisecond,
		FetchPollInterval: 100 * time.Millisecond,
		Logger:            logger,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1000}},
		Workers:           workers,
	})
	must(err)
	return client
}

func (b *bench) clear(ctx context.Context) {
	_, err := b.pool.Exec(ctx, "TRUNCATE river_job")
	must(err)
}

// Inserts the jobs one by one from b.clients goroutines.
func (b *bench) insert(ctx context.Context, client *river.Client[pgx.Tx]) time.Duration {
	begin := time.Now()
	var wait sync.WaitGroup
	var next atomic.Int64
	for range b.clients {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for next.Add(1) <= int64(b.jobs) {
				_, err := client.Insert(ctx, noopArgs{SentAt: time.Now().UnixNano()}, nil)
				must(err)
			}
		}()
	}
	wait.Wait()
	return time.Since(begin)
}

func await(done *atomic.Int64, count int) {
	for done.Load() < int64(count) {
		time.Sleep(time.Millisecond)
	}
}

func (b *bench) endToEnd(ctx context.Context) (inserts, jobs float64) {
	b.clear(ctx)
	var done atomic.Int64
	client := b.client(&done, nil)
	must(client.Start(ctx))
	begin := time.Now()
	b.insert(ctx, client)
	await(&done, b.jobs)
	elapsed := time.Since(begin)
	must(client.Stop(ctx))

	b.clear(ctx)
	idle := b.client(&done, nil)
	return float64(b.jobs) / b.insert(ctx, idle).Seconds(), float64(b.jobs) / elapsed.Seconds()
}

// Works off what endToEnd left inserted.
func (b *bench) drain(ctx context.Context) float64 {
	var done atomic.Int64
	client := b.client(&done, nil)
	begin := time.Now()
	must(client.Start(ctx))
	await(&done, b.jobs)
	elapsed := time.Since(begin)
	must(client.Stop(ctx))
	return float64(b.jobs) / elapsed.Seconds()
}

func (b *bench) latency(ctx context.Context, count int) (p50, p99 float64) {
	b.clear(ctx)
	var done atomic.Int64
	waits := make(chan time.Duration, 1)
	client := b.client(&done, func(wait time.Duration) { waits <- wait })
	must(client.Start(ctx))
	all := make([]float64, 0, count)
	for i := range count {
		_, err := client.Insert(ctx, noopArgs{SentAt: time.Now().UnixNano()}, nil)
		must(err)
		wait := <-waits
		if i >= count/10 { // the first tenth warms up
			all = append(all, float64(wait.Microseconds())/1000)
		}
		time.Sleep(20 * time.Millisecond) // unloaded: one at a time, with air between
	}
	must(client.Stop(ctx))
	sort.Float64s(all)
	return all[len(all)/2], all[len(all)*99/100]
}

func main() {
	uri := flag.String("uri", "", "PostgreSQL URI")
	jobs := flag.Int("jobs", 20_000, "jobs per measurement")
	clients := flag.Int("clients", 16, "inserting clients")
	warmUp := flag.Int("warm-up", 10_000, "jobs before the first measurement")
	samples := flag.Int("samples", 500, "jobs sent one by one for the latency")
	flag.Parse()

	ctx := context.Background()
	config, err := pgxpool.ParseConfig(*uri)
	must(err)
	config.MaxConns = 32
	pool, err := pgxpool.NewWithConfig(ctx, config)
	must(err)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	must(err)
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	must(err)

	b := &bench{pool: pool, jobs: *warmUp, clients: *clients}
	if *warmUp > 0 {
		b.endToEnd(ctx)
	}
	b.jobs = *jobs
	inserts, endToEnd := b.endToEnd(ctx)
	drain := b.drain(ctx)
	p50, p99 := b.latency(ctx, *samples)
	must(json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"accepted_per_second": inserts, "jobs_per_second": endToEnd, "drained_per_second": drain,
		"latency_p50_ms": p50, "latency_p99_ms": p99,
	}))
	fmt.Fprintln(os.Stderr, "river: done")
}
