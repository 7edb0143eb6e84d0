#include "common/domain/cron.hpp"

#include "common/adapters/tzdb/find_zone.hpp"
#include "common/base/time.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace trainyard::domain {
namespace {

using namespace std::chrono;

const Zone& zone(std::string_view name) {
  static std::map<std::string, std::shared_ptr<const Zone>, std::less<>> found;
  auto& entry = found[std::string(name)];
  if (!entry) entry = *tzdb::find_zone(name);
  return *entry;
}

Instant at(std::string_view iso) {
  return floor<seconds>(*from_iso8601(iso));
}

std::string iso(std::optional<Instant> instant) {
  return instant ? to_iso8601(*instant) : "never";
}

Cron cron(std::string_view text) {
  auto parsed = Cron::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << describe(parsed.error());
  return *parsed;
}

// The next few occurrences, separated by blanks.
std::string next(std::string_view text, std::string_view where, std::string_view after,
                 int count = 1) {
  std::string all;
  std::optional<Instant> instant = at(after);
  for (int i = 0; i < count; ++i) {
    instant = cron(text).next(zone(where), *instant);
    all += (i > 0 ? " " : "") + iso(instant);
    if (!instant) break;
  }
  return all;
}

TEST(Cron, CountsFromTheMomentAfter) {
  EXPECT_EQ(next("30 4 * * *", "UTC", "2026-03-01T04:29:59Z"), "2026-03-01T04:30:00Z");
  EXPECT_EQ(next("30 4 * * *", "UTC", "2026-03-01T04:30:00Z"), "2026-03-02T04:30:00Z");
  EXPECT_EQ(next("*/20 * * * *", "UTC", "2026-03-01T04:30:00Z", 3),
            "2026-03-01T04:40:00Z 2026-03-01T05:00:00Z 2026-03-01T05:20:00Z");
  EXPECT_EQ(next("5/20 3-4 * * *", "UTC", "2026-03-01T03:30:00Z", 3),
            "2026-03-01T03:45:00Z 2026-03-01T04:05:00Z 2026-03-01T04:25:00Z");
  EXPECT_EQ(next("30 0 12 * * *", "UTC", "2026-03-01T00:00:00Z"), "2026-03-01T12:00:30Z")
      << "six fields begin with the second";
}

TEST(Cron, KnowsNamesAndShorthands) {
  EXPECT_EQ(next("0 0 1 jan,JUL *", "UTC", "2026-03-01T00:00:00Z"), "2026-07-01T00:00:00Z");
  EXPECT_EQ(next("0 9 * * Mon-Fri", "UTC", "2026-02-27T10:00:00Z"), "2026-03-02T09:00:00Z");
  EXPECT_EQ(next("0 9 * * 7", "UTC", "2026-03-02T10:00:00Z"), "2026-03-08T09:00:00Z");
  EXPECT_EQ(next("0 9 * * fri-sun", "UTC", "2026-03-07T10:00:00Z"), "2026-03-08T09:00:00Z");
  EXPECT_EQ(next("@hourly", "UTC", "2026-03-01T10:20:00Z"), "2026-03-01T11:00:00Z");
  EXPECT_EQ(next("@daily", "UTC", "2026-03-01T10:20:00Z"), "2026-03-02T00:00:00Z");
  EXPECT_EQ(next("@weekly", "UTC", "2026-03-02T00:00:00Z"), "2026-03-08T00:00:00Z");
  EXPECT_EQ(next("@monthly", "UTC", "2026-03-02T00:00:00Z"), "2026-04-01T00:00:00Z");
  EXPECT_EQ(next("@yearly", "UTC", "2026-03-02T00:00:00Z"), "2027-01-01T00:00:00Z");
}

TEST(Cron, TakesEitherDayWhenBothAreRestrictedElseBoth) {
  EXPECT_EQ(next("0 0 13 * fri", "UTC", "2026-03-08T00:00:00Z", 3),
            "2026-03-13T00:00:00Z 2026-03-20T00:00:00Z 2026-03-27T00:00:00Z");
  EXPECT_EQ(next("0 0 13 * fri", "UTC", "2026-04-10T00:00:00Z"), "2026-04-13T00:00:00Z")
      << "a Monday";
  EXPECT_EQ(next("0 0 */2 * fri", "UTC", "2026-03-01T00:00:00Z"), "2026-03-13T00:00:00Z")
      << "*/2 begins with *: an odd day and a Friday";
}

TEST(Cron, FindsDaysThatAreRare) {
  EXPECT_EQ(next("0 0 29 2 *", "UTC", "2026-03-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z"), "2104-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 31 * *", "UTC", "2026-03-31T00:00:00Z"), "2026-05-31T00:00:00Z");
}

TEST(Cron, RefusesWhatItCannotReadOrWhatNeverComes) {
  for (const auto* text :
       {"", "* * * *", "* * * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
        "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "*/-1 * * * *", "1,,2 * * * *",
        "1- * * * *", "a * * * *", "* * * janu *", "@reboot", "0 0 30 2 *", "0 0 L * *"}) {
    const auto parsed = Cron::parse(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, Errc::invalid_argument);
    EXPECT_EQ(parsed.error().field, "cron");
    EXPECT_FALSE(parsed.error().hint.empty());
  }
}

// Berlin: 2026-03-29 02:00 -> 03:00 (+1 -> +2), 2026-10-25 03:00 -> 02:00.

TEST(Cron, RunsASkippedLocalTimeAtTheFirstInstantAfterTheGap) {
  EXPECT_EQ(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            "2026-03-29T01:00:00Z 2026-03-30T00:30:00Z");
  EXPECT_EQ(next("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            "2026-03-29T01:00:00Z 2026-03-30T00:00:00Z")
      << "several of one gap are one occurrence";
  EXPECT_EQ(next("30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            "2026-03-29T01:00:00Z 2026-03-29T01:30:00Z");
}

TEST(Cron, RunsARepeatedLocalTimeTheFirstTimeOnly) {
  EXPECT_EQ(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z");
  EXPECT_EQ(next("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z"), "2026-10-26T01:30:00Z")
      << "asked for within the second pass";
}

TEST(Cron, FollowsTheInstantsWithAWildcardHour) {
  EXPECT_EQ(next("30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3),
            "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z 2026-03-29T02:30:00Z");
  EXPECT_EQ(next("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 3),
            "2026-10-25T00:30:00Z 2026-10-25T01:30:00Z 2026-10-25T02:30:00Z");
  EXPECT_EQ(next("0 */2 * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", 3),
            "2026-10-25T00:00:00Z 2026-10-25T01:00:00Z 2026-10-25T03:00:00Z")
      << "2:00 comes twice";
}

TEST(Cron, LivesThroughADayThatNeverWas) {
  EXPECT_EQ(next("0 12 * * *", "Pacific/Apia", "2011-12-29T23:00:00Z", 2),
            "2011-12-30T10:00:00Z 2011-12-30T22:00:00Z")
      << "30 December was left out: its noon runs when the 31st begins";
}

// What a cron expression means, said once more: sets of values, and every minute tried.
struct Sets {
  std::set<int> minutes;
  std::set<int> hours;
  std::set<int> weekdays;
  bool any_hour = false;

  bool fit(LocalSeconds local) const {
    const auto day = floor<days>(local);
    const hh_mm_ss time(local - day);
    return time.seconds().count() == 0 &&
           minutes.contains(static_cast<int>(time.minutes().count())) &&
           (any_hour || hours.contains(static_cast<int>(time.hours().count()))) &&
           weekdays.contains(static_cast<int>(weekday(day).c_encoding()));
  }
  std::string text() const {
    const auto list = [](const std::set<int>& values) {
      std::string all;
      for (const auto value : values)
        all += (all.empty() ? "" : ",") + std::to_string(value);
      return all;
    };
    return list(minutes) + " " + (any_hour ? "*" : list(hours)) + " * * " + list(weekdays);
  }
  std::vector<Instant> between(const Zone& where, Instant from, Instant until) const {
    std::set<Instant> found;
    std::set<LocalSeconds> seen;
    seconds before = where.span_at(from - lead).offset;
    for (auto i = from - lead; i < until; i += std::chrono::minutes(1)) {
      const auto offset = where.span_at(i).offset;
      const LocalSeconds local(i.time_since_epoch() + offset);
      for (auto skipped = local - (offset - before); !any_hour && skipped < local;
           skipped += std::chrono::minutes(1)) {
        if (fit(skipped) && i >= from) found.insert(i);
      }
      before = offset;
      const bool is_first = seen.insert(local).second;
      if (fit(local) && (any_hour || is_first) && i >= from) found.insert(i);
    }
    return {found.begin(), found.end()};
  }

  static constexpr std::chrono::hours lead{30};  // repeated times have to be seen before
};

std::set<int> draw(std::mt19937& random, int high, int most) {
  std::set<int> values;
  const int count = std::uniform_int_distribution(1, most)(random);
  while (std::ssize(values) < count)
    values.insert(std::uniform_int_distribution(0, high)(random));
  return values;
}

TEST(Cron, AgreesWithTryingEveryMinute) {
  std::mt19937 random(7);
  const std::array places{"Europe/Berlin", "America/New_York",  "Australia/Lord_Howe",
                          "Pacific/Apia",  "America/Sao_Paulo", "UTC"};
  const std::array starts{"2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z", "2026-04-04T00:00:00Z",
                          "2011-12-29T00:00:00Z", "2026-03-07T00:00:00Z", "2017-10-14T00:00:00Z"};
  for (int round = 0; round < 300; ++round) {
    const Sets sets{.minutes = draw(random, 59, 4),
                    .hours = draw(random, 23, 12),
                    .weekdays = draw(random, 6, 7),
                    .any_hour = round % 3 == 0};
    const auto& where = zone(places[static_cast<std::size_t>(round) % places.size()]);
    const auto from = at(starts[static_cast<std::size_t>(random() % starts.size())]);
    const auto until = from + days(3);
    const auto expected = sets.between(where, from, until);
    const auto parsed = cron(sets.text());
    std::vector<Instant> found;
    for (auto next = parsed.next(where, from - seconds(1)); next && *next < until;
         next = parsed.next(where, *next)) {
      found.push_back(*next);
    }
    ASSERT_EQ(found, expected) << sets.text() << " in round " << round;
    std::vector<Instant> backwards;
    for (auto last = parsed.previous(where, until - seconds(1)); last && *last >= from;
         last = parsed.previous(where, *last - seconds(1))) {
      backwards.insert(backwards.begin(), *last);
    }
    ASSERT_EQ(backwards, expected) << sets.text() << " backwards in round " << round;
  }
}

}  // namespace
}  // namespace trainyard::domain
