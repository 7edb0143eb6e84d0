#include "common/runtime/coalescer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

namespace trainyard::runtime {
namespace {

using Doubler = Coalescer<int, int>;

std::vector<Result<int>> twice(std::span<const int> numbers) {
  std::vector<Result<int>> answers;
  for (const int number : numbers)
    answers.emplace_back(number * 2);
  return answers;
}

TEST(Coalescer, AnswersEachRequestWithItsOwnAnswer) {
  std::vector<int> answers(1'000);
  {
    Doubler doubler(twice, {.set_max = 7});
    for (int i = 0; i < 1'000; ++i) {
      doubler.submit(i, [&answers, i](Result<int> answer) { answers[i] = answer.value_or(-1); });
    }
  }
  for (int i = 0; i < 1'000; ++i)
    EXPECT_EQ(answers[i], i * 2);
}

TEST(Coalescer, GathersASetWhileAnotherIsFlushed) {
  std::binary_semaphore first_begun(0);
  std::binary_semaphore go_on(0);
  std::vector<std::size_t> sizes;
  {
    Doubler doubler(
        [&](std::span<const int> numbers) {
          sizes.push_back(numbers.size());
          if (sizes.size() == 1) {
            first_begun.release();
            go_on.acquire();
          }
          return twice(numbers);
        },
        {});
    doubler.submit(0, [](auto) {});
    first_begun.acquire();
    for (int i = 0; i < 50; ++i)
      doubler.submit(i, [](auto) {});
    go_on.release();
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 50}));
}

TEST(Coalescer, WaitsForAsManyAsWereAnsweredTogether) {
  constexpr std::chrono::hours for_ever{1};
  std::counting_semaphore<> begun(0);
  std::counting_semaphore<> go_on(0);
  std::vector<std::size_t> sizes;
  {
    Doubler doubler(
        [&](std::span<const int> numbers) {
          sizes.push_back(numbers.size());
          begun.release();
          go_on.acquire();
          return twice(numbers);
        },
        {.linger = for_ever});
    const auto submit = [&](int count) {
      for (int i = 0; i < count; ++i)
        doubler.submit(i, [](auto) {});
    };
    submit(1);
    begun.acquire();
    submit(3);
    go_on.release();
    begun.acquire();
    go_on.release();
    submit(2);
    EXPECT_FALSE(begun.try_acquire_for(std::chrono::milliseconds(50)));
    submit(1);
    begun.acquire();
    go_on.release();
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 3, 3}));
}

TEST(Coalescer, LetsALoneRequestWaitForNothing) {
  constexpr std::chrono::hours for_ever{1};
  Doubler doubler(twice, {.linger = for_ever});
  for (int i = 0; i < 10; ++i) {
    std::binary_semaphore answered(0);
    doubler.submit(i, [&](auto) { answered.release(); });
    answered.acquire();
  }
}

TEST(Coalescer, RefusesMoreThanItMayQueue) {
  std::binary_semaphore begun(0);
  std::binary_semaphore go_on(0);
  std::atomic<int> refused = 0;
  {
    Doubler doubler(
        [&](std::span<const int> numbers) {
          if (numbers.front() == 0) {
            begun.release();
            go_on.acquire();
          }
          return twice(numbers);
        },
        {.queued_max = 3});
    doubler.submit(0, [](auto) {});
    begun.acquire();
    for (int i = 1; i <= 5; ++i) {
      doubler.submit(i, [&](const Result<int>& answer) {
        if (!answer && answer.error().code == Errc::exhausted) ++refused;
      });
    }
    go_on.release();
  }
  EXPECT_EQ(refused, 2);
}

TEST(Coalescer, KeepsTheOrderOfEachSubmitter) {
  constexpr int submitters = 4;
  constexpr int each = 2'000;
  std::vector<int> last(submitters, -1);
  bool in_order = true;
  {
    Coalescer<std::pair<int, int>, int> coalescer(
        [&](std::span<const std::pair<int, int>> requests) {
          std::vector<Result<int>> answers;
          for (const auto& [submitter, number] : requests) {
            in_order = in_order && number == last[submitter] + 1;
            last[submitter] = number;
            answers.emplace_back(0);
          }
          return answers;
        },
        {.set_max = 100});
    std::vector<std::jthread> threads;
    for (int submitter = 0; submitter < submitters; ++submitter) {
      threads.emplace_back([&coalescer, submitter] {
        for (int i = 0; i < each; ++i)
          coalescer.submit({submitter, i}, [](auto) {});
      });
    }
  }
  EXPECT_TRUE(in_order);
  for (const int number : last)
    EXPECT_EQ(number, each - 1);
}

}  // namespace
}  // namespace trainyard::runtime
