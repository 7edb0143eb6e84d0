#include "common/adapters/postgres/connection_pool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <poll.h>

namespace trainyard::postgres {
namespace {

// libpq waits for ever for a server that does not answer unless it is told otherwise.
std::string with_network_timeouts(const Options& options) {
  const std::string& uri = options.uri.reveal();
  const bool is_uri = uri.starts_with("postgres://") || uri.starts_with("postgresql://");
  std::string extended = uri;
  const auto add = [&](std::string_view name, std::int64_t value) {
    if (uri.find(name) != std::string::npos) return;
    const bool first = is_uri && extended.find('?') == std::string::npos;
    extended += fmt::format("{}{}={}", !is_uri ? " " : first ? "?" : "&", name, value);
  };
  add("connect_timeout", std::max<std::int64_t>(2, (options.connect.count() + 999) / 1'000));
  add("tcp_user_timeout", (options.statement + options.connect).count());
  add("keepalives_idle", 10);
  add("keepalives_interval", 5);
  return extended;
}

// Every statement of ours finds its rows by index, whatever the statistics of a young table say:
// with these settings generic plans do so in the order of their input, which is the order of locks.
// A bitmap scan would visit the entries of finished work again and again: only a plain one marks
// them as dead.
std::string session_settings(const Options& options) {
  return fmt::format(
      "SET TIME ZONE 'UTC'; SET datestyle = ISO; SET statement_timeout = {}; "
      "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; "
      "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; "
      "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_bitmapscan = off; "
      "SET jit = off",
      options.statement.count(), options.lock.count(), options.statement.count());
}

// The server has closed it, or sent what nobody asked for (its farewell).
bool is_stale(const pqxx::connection& connection) {
  pollfd socket{.fd = connection.sock(), .events = POLLIN, .revents = 0};
  return socket.fd < 0 || ::poll(&socket, 1, 0) != 0;
}

}  // namespace

std::unique_ptr<pqxx::connection> connect(const Options& options) {
  try {
    auto connection = std::make_unique<pqxx::connection>(with_network_timeouts(options));
    pqxx::nontransaction(*connection).exec(session_settings(options));
    return connection;
  } catch (const std::exception&) {
    auto failure = to_failure(std::current_exception(), Effect::reads);
    failure.error.code = Errc::unavailable;
    failure.error.hint = "check the database's address and that it is running";
    throw failure;
  }
}

std::unique_ptr<pqxx::connection> ConnectionPool::borrow() {
  std::unique_lock lock(mutex_);
  const bool free = returned_.wait_for(
      lock, options_.borrow, [this] { return lent_ < std::max(1, options_.connections); });
  if (!free) {
    throw PgFailure{
        .kind = PgFailure::Kind::other,
        .error = {.code = Errc::unavailable, .detail = "all database connections are busy"}};
  }
  ++lent_;
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (!is_stale(*connection)) return connection;
  }
  lock.unlock();
  try {
    return connect(options_);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void ConnectionPool::give_back(std::unique_ptr<pqxx::connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
    if (connection) idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

ConnectionPool::Session::Session(ConnectionPool& pool) : pool_(pool), connection_(pool.borrow()) {}

ConnectionPool::Session::~Session() {
  if (broken_) connection_.reset();
  pool_.give_back(std::move(connection_));
}

template <class Call>
pqxx::result ConnectionPool::Session::translated(Effect effect, Call&& call) {
  try {
    return call();
  } catch (const PgFailure&) {
    throw;
  } catch (const std::exception&) {
    auto failure = to_failure(std::current_exception(), effect);
    broken_ = broken_ || failure.kind == PgFailure::Kind::broken;
    throw failure;
  }
}

pqxx::result ConnectionPool::Session::run(const Statement& statement,
                                          const Parameters& parameters) {
  return translated(statement.effect, [&] {
    connection_->prepare(statement.name, statement.sql);
    return pqxx::nontransaction(*connection_)
        .exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(parameters));
  });
}

pqxx::result ConnectionPool::Session::run_unprepared(const std::string& sql,
                                                     const Parameters& parameters) {
  return translated(Effect::reads, [&] {
    return pqxx::nontransaction(*connection_)
        .exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
  });
}

void ConnectionPool::Session::transact(const std::function<void(const Execute&)>& work) {
  translated(Effect::reads, [&] {
    pqxx::work transaction(*connection_);
    work([&](const Statement& statement, const Parameters& parameters) {
      // Nothing has happened before the commit, whatever the statement does.
      return translated(Effect::reads, [&] {
        connection_->prepare(statement.name, statement.sql);
        return transaction.exec_prepared(statement.name,
                                         pqxx::prepare::make_dynamic_params(parameters));
      });
    });
    return translated(Effect::writes, [&] {
      transaction.commit();
      return pqxx::result();
    });
  });
}

}  // namespace trainyard::postgres
