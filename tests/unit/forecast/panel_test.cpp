#include "worker/forecast/panel.hpp"

#include "tests/unit/forecast/series_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

namespace trainyard::forecast {
namespace {

using testing::ElementsAre;

constexpr domain::Frequency monthly{.period = domain::Period::month};

struct MemoryGlobals final : GlobalStore {
  std::optional<std::string> find(std::string_view key) override {
    const auto found = saved.find(std::string(key));
    return found == saved.end() ? std::nullopt : std::optional(found->second);
  }
  void store(std::string_view key, std::string_view text) override {
    saved[std::string(key)] = text;
  }
  std::map<std::string, std::string> saved;
};

struct Learned final : models::FittedGlobal {
  explicit Learned(std::string t) : text(std::move(t)) {}
  Result<std::unique_ptr<models::FittedModel>> on(const models::Series&) const override {
    return fail(Errc::internal, "not asked for here");
  }
  Result<std::string> save() const override { return text; }
  std::string text;
};

// Remembers the lengths of the series that it was to learn from, and says them as what it learned.
struct Recorder final : models::GlobalModel {
  std::string_view name() const override { return "recorder"; }
  Result<std::unique_ptr<models::FittedGlobal>> fit_all(std::span<const models::Series> all,
                                                        std::optional<int>,
                                                        const models::FitContext&) const override {
    std::string text;
    for (const auto& series : all)
      text += std::to_string(series.y.size()) + " ";
    fits.push_back(text);
    return std::make_unique<Learned>(text);
  }
  Result<std::unique_ptr<models::FittedGlobal>> load(std::string_view text) const override {
    return std::make_unique<Learned>(std::string(text));
  }
  mutable std::vector<std::string> fits;
};

PreparedSeries months(int first_month, std::size_t count) {
  return prepare(regular_rows(domain::advance(day(2001, 1, 1), monthly, first_month), monthly,
                              std::vector<double>(count, 1.0)),
                 monthly)
      .value();
}

class PanelTest : public testing::Test {
 protected:
  std::string learned(Panel& panel, const PreparedSeries& series, std::size_t train) {
    return (*panel.learned(recorder, series, train, {}))->save().value();
  }

  MemoryGlobals store;
  Recorder recorder;
};

TEST_F(PanelTest, LearnsFromAllValuesWhatForecastsTheFuture) {
  const auto a = months(0, 60);
  Panel panel({a, months(10, 40)}, 6, {}, store);
  EXPECT_EQ(learned(panel, a, 60), "60 40 ");
}

TEST_F(PanelTest, LearnsForABacktestFromWhatIsDatedBeforeItsOrigin) {
  const auto a = months(0, 60);   // to month 60
  const auto b = months(10, 40);  // to month 50
  const auto late = months(58, 30);
  Panel panel({a, b, late}, 6, {.windows = 2}, store);
  EXPECT_EQ(learned(panel, a, 54), "54 40 ") << "b is over by then, the last has not begun";
  EXPECT_EQ(learned(panel, a, 48), "48 38 ");
  EXPECT_EQ(learned(panel, b, 34), "44 34 ") << "what came after its origin is not to be known";
}

TEST_F(PanelTest, LearnsForASlidingWindowFromNoMoreThanItHas) {
  const auto a = months(0, 60);
  const auto b = months(10, 40);
  Panel sized({a, b}, 6, {.windows = 2, .window = domain::TrainingWindow::sliding, .size = 30},
              store);
  EXPECT_EQ(learned(sized, a, 54), "30 30 ");
  EXPECT_EQ(learned(sized, a, 60), "60 40 ") << "the future is forecast from everything";
  Panel unsized({a, b}, 6, {.windows = 2, .window = domain::TrainingWindow::sliding}, store);
  EXPECT_EQ(learned(unsized, a, 54), "48 28 ") << "as many as the oldest window of each has";
}

TEST_F(PanelTest, LearnsOncePerOrigin) {
  const auto a = months(0, 60);
  const auto b = months(20, 40);
  Panel panel({a, b}, 6, {.windows = 2}, store);
  for (const std::size_t behind : {12u, 6u, 0u}) {
    learned(panel, a, 60 - behind);
    learned(panel, b, 40 - behind);
  }
  EXPECT_THAT(recorder.fits, ElementsAre("48 28 ", "54 34 ", "60 40 "));
}

TEST_F(PanelTest, TakesWhatAnotherProcessLearned) {
  const auto a = months(0, 60);
  Panel first({a}, 6, {}, store);
  learned(first, a, 60);
  Panel second({a}, 6, {}, store);
  EXPECT_EQ(learned(second, a, 60), "60 ");
  EXPECT_EQ(recorder.fits.size(), 1u);
  Panel of_other_data({a, months(0, 30)}, 6, {}, store);
  EXPECT_EQ(learned(of_other_data, a, 60), "60 30 ");
}

TEST_F(PanelTest, ServesManyOriginsWithADozenEarlierOnes) {
  std::vector<PreparedSeries> all;
  for (std::size_t length = 40; length < 140; ++length)
    all.push_back(months(0, length));
  Panel panel(all, 6, {.windows = 3}, store);
  for (const auto& series : all) {
    for (const std::size_t behind : {18u, 12u, 6u}) {
      const auto train = series.y.size() - behind;
      const auto seen = learned(panel, series, train);
      std::istringstream lengths(seen);
      for (std::size_t length = 0; lengths >> length;)
        EXPECT_LE(length, train);
    }
  }
  EXPECT_LE(recorder.fits.size(), 12u);
}

}  // namespace
}  // namespace trainyard::forecast
