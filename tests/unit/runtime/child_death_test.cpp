#include "tests/unit/runtime/pool_fixture.hpp"

#include <csignal>
#include <dirent.h>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace trainyard::runtime {
namespace {

using std::chrono::milliseconds;

struct Death {
  std::string name;
  std::string kind;
  std::string payload;
  Errc code;
  std::string says;
};

void PrintTo(const Death& death, std::ostream* out) {
  *out << death.name;
}

class ChildDeath : public ChildPoolTest, public testing::WithParamInterface<Death> {};

// Whatever kills the child, its task fails with category cluster and its neighbours succeed.
TEST_P(ChildDeath, FailsItsOwnTaskAlone) {
  if (GetParam().code == Errc::deadline) options.stall_max = milliseconds(1'500);
  open();
  for (int i = 0; i < 1'000; ++i)
    submit("echo");
  diary.await_finished(1'000);  // now the pipes are filled ahead, behind the deadly task too
  std::vector<TaskId> before;
  std::vector<TaskId> after;
  for (int i = 0; i < 20; ++i)
    before.push_back(submit("echo", "before"));
  const auto deadly = submit(GetParam().kind, GetParam().payload);
  for (int i = 0; i < 100; ++i)
    after.push_back(submit("echo", "after"));

  const auto answer = diary.await(deadly);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, GetParam().code);
  EXPECT_EQ(category_of(answer.error()), Category::cluster);
  EXPECT_NE(answer.error().detail.find(GetParam().says), std::string::npos)
      << answer.error().detail;
  for (const auto id : before)
    EXPECT_EQ(diary.await(id).value_or("failed"), "before");
  for (const auto id : after)
    EXPECT_EQ(diary.await(id).value_or("failed"), "after");
  EXPECT_EQ(diary.doubled(), 0);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TRAINYARD_SANITIZED 1
#endif
#endif

std::vector<Death> deaths() {
  std::vector<Death> all{
      {"Abort", "drill", "abort", Errc::internal, "SIGABRT"},
      {"OutOfMemory", "drill", "oom", Errc::exhausted, "memory"},
      {"Hang", "drill", "hang", Errc::deadline, "did not report"},
      {"Exit", "leave", "", Errc::internal, "code 7"},
      {"Garbage", "garbage", "", Errc::corrupt_data, "garbage"},
  };
#ifndef TRAINYARD_SANITIZED  // a sanitizer catches the first, and cannot live with the second
  all.push_back({"Crash", "drill", "crash", Errc::internal, "SIGSEGV"});
  all.push_back({"AddressSpace", "exhaust_memory", "", Errc::exhausted, "memory"});
#endif
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, ChildDeath, testing::ValuesIn(deaths()),
                         [](const auto& info) { return info.param.name; });

TEST_F(ChildPoolTest, ATaskOverItsTimeLimitIsEnded) {
  open();
  const auto task =
      pool->submit({.kind = "drill", .payload = "sleep:600000", .timeout = milliseconds(100)});
  const auto answer = diary.await(task);
  EXPECT_EQ(answer.error().code, Errc::deadline);
  EXPECT_EQ(category_of(answer.error()), Category::cluster);
}

TEST_F(ChildPoolTest, ACommandThatCannotStartFailsTheTasks) {
  options.command = {"/nonexistent/trainyard"};
  open();
  const auto answer = run("echo");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("/nonexistent/trainyard"), std::string::npos);
  EXPECT_EQ(category_of(answer.error()), Category::cluster);
}

TEST_F(ChildPoolTest, ACommandThatCrashesAtOnceFailsTheTasks) {
  options.command = {"/bin/false"};
  open();
  const auto answer = run("echo");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("code 1"), std::string::npos);
}

TEST_F(ChildPoolTest, ChildrenInheritNoDescriptors) {
  int inheritable[2];
  ASSERT_EQ(::pipe(inheritable), 0);
  open();
  std::istringstream lines(run("list_descriptors").value_or(""));
  std::string line;
  while (std::getline(lines, line)) {
    const bool expected = line.starts_with("0 /dev/null") || line.starts_with("1 ") ||
                          line.starts_with("2 ") || line.starts_with("3 socket:") ||
                          line.starts_with("4 socket:") ||
                          line.find("anon_inode") != std::string::npos;
    EXPECT_TRUE(expected) << line;
  }
  ::close(inheritable[0]);
  ::close(inheritable[1]);
}

TEST_F(ChildPoolTest, ChildrenAreTakenFirstWhenMemoryIsShort) {
  open();
  EXPECT_EQ(run("oom_score").value_or(""), "500");
}

std::size_t count_entries(const char* path) {
  std::size_t count = 0;
  auto* directory = ::opendir(path);
  while (::readdir(directory))
    ++count;
  ::closedir(directory);
  return count;
}

TEST_F(ChildPoolTest, ManyDeathsLeaveNeitherDescriptorsNorZombies) {
  open();
  EXPECT_TRUE(run("echo"));
  pool.reset();
  const auto before = count_entries("/proc/self/fd");
  for (int round = 0; round < 3; ++round) {
    open();
    for (int i = 0; i < 10; ++i)
      EXPECT_FALSE(run("leave"));
    pool.reset();
  }
  EXPECT_EQ(count_entries("/proc/self/fd"), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(ChildPoolTest, AnIdleChildLeavesAndAnotherComesWhenNeeded) {
  options.children = 1;
  options.idle_max = milliseconds(50);
  open();
  const auto task = submit("start_grandchild");
  std::istringstream line(diary.await_line(task));
  int first_child = 0;
  line >> first_child;
  pool->kill(task);
  EXPECT_FALSE(diary.await(task));
  EXPECT_TRUE(run("echo"));
  // The child is gone once this process has none left to wait for.
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) {
  }
  EXPECT_EQ(errno, ECHILD);
  EXPECT_TRUE(run("echo"));
}

// Waits until the process is gone, even if it is nobody's child any more.
bool await_end(int pid) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return true;
  pollfd watched{fd, POLLIN, 0};
  const bool gone = ::poll(&watched, 1, 60'000) == 1;
  ::close(fd);
  return gone;
}

TEST_F(ChildPoolTest, KillingATaskKillsWhatItStarted) {
  open();
  const auto task = submit("start_grandchild");
  std::istringstream line(diary.await_line(task));
  int child = 0;
  int grandchild = 0;
  line >> child >> grandchild;
  pool->kill(task);
  EXPECT_TRUE(await_end(child));
  EXPECT_TRUE(await_end(grandchild));
}

TEST(ChildPoolParent, TakesItsChildrenAlongWhenItIsKilled) {
  int output[2];
  ASSERT_EQ(::pipe(output), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  std::string command = TRAINYARD_TEST_CHILD;
  std::string role = "parent";
  char* arguments[] = {command.data(), role.data(), nullptr};
  pid_t parent = 0;
  ASSERT_EQ(::posix_spawn(&parent, command.c_str(), &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(output[1]);
  char text[100] = {};
  ASSERT_GT(::read(output[0], text, sizeof text - 1), 0);
  ::close(output[0]);
  std::istringstream line(text);
  int child = 0;
  int grandchild = 0;
  line >> child >> grandchild;
  ASSERT_GT(grandchild, 0);

  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(await_end(child));
  EXPECT_TRUE(await_end(grandchild));
}

}  // namespace
}  // namespace trainyard::runtime
