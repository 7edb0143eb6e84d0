#include "common/adapters/postgres/postgres_store.hpp"
#include "common/adapters/sqlite/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// How many jobs a second one caller gets through a store, by the size of its sets:
//
//   trainyard_loadtest_store sqlite:FILE | POSTGRES-URI [JOBS]
//
// `accept` is accepting and submitting; `life` adds claim, finish, and reading and clearing the
// outbox. On an empty database, with every commit synced.

namespace trainyard {
namespace {

using Steady = std::chrono::steady_clock;

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  fmt::print(stderr, "{}\n", describe(result.error()));
  std::exit(1);
}

std::vector<domain::Job> must_all(ports::Applied applied) {
  std::vector<domain::Job> jobs;
  for (auto& each : applied)
    jobs.push_back(must(std::move(each)).job);
  return jobs;
}

std::vector<domain::NewJob> new_jobs(std::size_t count) {
  std::vector<domain::NewJob> jobs(count);
  for (auto& job : jobs) {
    job = {.id = JobId::make(),
           .user_id = "load",
           .config = R"({"data_path":"data/sales.parquet","horizon":12,"models":["auto"],)"
                     R"("target_col":"y","time_col":"ds","segment_col":"unique_id"})",
           .correlation_id = job.id.to_string(),
           .submit = true};
  }
  return jobs;
}

void finish_life(ports::JobStore& store, const std::vector<domain::Job>& accepted) {
  std::vector<domain::JobCommand> claims;
  for (const auto& job : accepted) {
    claims.emplace_back(domain::Claim{job.id, job.dispatch_no, "worker", ClaimToken::make(),
                                      std::chrono::minutes(1)});
  }
  std::vector<domain::JobCommand> finishes;
  for (const auto& job : must_all(store.apply(claims))) {
    finishes.emplace_back(
        domain::Finish{job.id, job.fence, domain::Succeeded{.results = "{}", .metrics = "{}"}});
  }
  must_all(store.apply(finishes));
  while (true) {
    const auto entries = must(store.outbox(static_cast<int>(accepted.size()) * 3));
    if (entries.empty()) return;
    std::vector<std::int64_t> ids;
    for (const auto& entry : entries)
      ids.push_back(entry.id);
    if (const auto done = store.outbox_done(ids); !done) must<int>(std::unexpected(done.error()));
  }
}

double jobs_per_second(std::size_t jobs, Steady::time_point began) {
  return static_cast<double>(jobs) / std::chrono::duration<double>(Steady::now() - began).count();
}

void measure(ports::JobStore& store, std::size_t jobs) {
  for (const std::size_t size : {1U, 20U, 50U, 100U, 200U, 1'000U}) {
    const auto count = size == 1 ? jobs / 20 : jobs;
    auto began = Steady::now();
    std::vector<std::vector<domain::Job>> sets;
    for (std::size_t done = 0; done < count; done += size) {
      sets.push_back(must_all(store.accept(new_jobs(size))));
    }
    const auto accepted = jobs_per_second(count, began);
    for (const auto& set : sets)
      finish_life(store, set);

    began = Steady::now();
    for (std::size_t done = 0; done < count; done += size) {
      finish_life(store, must_all(store.accept(new_jobs(size))));
    }
    fmt::print("sets of {:5}: accept {:8.0f} jobs/s   life {:8.0f} jobs/s\n", size, accepted,
               jobs_per_second(count, began));
    std::fflush(stdout);
  }
}

std::unique_ptr<ports::JobStore> open(std::string_view target) {
  if (target.starts_with("sqlite:")) {
    return must(sqlite::open_sqlite_store({.path = std::string(target.substr(7))}));
  }
  const Secret uri{std::string(target)};
  must(postgres::migrate(uri));
  return must(postgres::open_postgres_store({.uri = uri}));
}

}  // namespace
}  // namespace trainyard

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: trainyard_loadtest_store sqlite:FILE | POSTGRES-URI [JOBS]\n");
    return 2;
  }
  const auto store = trainyard::open(argv[1]);
  trainyard::measure(*store, argc > 2 ? std::stoul(argv[2]) : 20'000);
}
