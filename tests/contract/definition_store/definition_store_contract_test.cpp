#include "tests/contract/definition_store/definition_store_contract.hpp"

#include <cstdlib>

namespace trainyard::ports {

using namespace std::chrono_literals;

namespace {

const TimePoint noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + 12h;

std::vector<std::string> names(const Result<std::vector<Definition>>& definitions) {
  std::vector<std::string> found;
  for (const auto& definition : *definitions)
    found.push_back(definition.name);
  return found;
}

}  // namespace

void DefinitionStoreContract::SetUp() {
  auto made = GetParam().make();
  if (!made && made.error().code == Errc::unavailable) {
    const char* required = std::getenv("TRAINYARD_TEST_REQUIRE_SERVICES");
    if (required != nullptr && std::string(required) == "1") FAIL() << made.error().detail;
    GTEST_SKIP() << made.error().detail;
  }
  ASSERT_TRUE(made.has_value()) << describe(made.error());
  harness_ = *std::move(made);
}

void DefinitionStoreContract::TearDown() {
  harness_.store.reset();
}

Definition DefinitionStoreContract::put(const std::string& name, DefinitionKind kind,
                                        std::optional<TimePoint> due_at) {
  auto definition = store().put(
      {.kind = kind, .name = name, .user_id = "ada", .spec = R"({"a":1})", .due_at = due_at}, {});
  EXPECT_TRUE(definition.has_value());
  return definition.value_or(Definition{});
}

Advance DefinitionStoreContract::advance_of(const Definition& definition,
                                            const std::string& state) {
  return {.kind = definition.kind,
          .name = definition.name,
          .revision = definition.revision,
          .state = state,
          .due_at = definition.due_at,
          .decisions = {}};
}

TEST_P(DefinitionStoreContract, GivesBackWhatWasPut) {
  const auto put = this->put("nightly", DefinitionKind::schedule, noon + 1us);
  const auto found = store().get(DefinitionKind::schedule, "nightly");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->name, "nightly");
  EXPECT_EQ(found->user_id, "ada");
  EXPECT_EQ(found->spec, R"({"a":1})");
  EXPECT_EQ(found->state, "{}");
  EXPECT_EQ(found->due_at, noon + 1us);
  EXPECT_EQ(found->revision, 1);
  EXPECT_EQ(found->created_at, put.created_at);
  EXPECT_EQ(store().get(DefinitionKind::trigger, "nightly").error().code, Errc::not_found);
}

TEST_P(DefinitionStoreContract, PutsOnlyOnTheRevisionThatIsNamed) {
  const NewDefinition one{
      .kind = DefinitionKind::trigger, .name = "t", .user_id = "ada", .spec = "{}"};
  EXPECT_EQ(store().put(one, 3).error().code, Errc::conflict);
  ASSERT_TRUE(store().put(one, 0).has_value());
  EXPECT_EQ(store().put(one, 0).error().code, Errc::conflict);
  const auto second = store().put(one, 1);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->revision, 2);
  EXPECT_EQ(store().put(one, std::nullopt)->revision, 3);
}

TEST_P(DefinitionStoreContract, ListsAKindByName) {
  for (const auto* name : {"b", "a", "B", "c"})
    put(name);
  put("d", DefinitionKind::trigger);
  EXPECT_EQ(names(store().list(DefinitionKind::schedule, "", 10)),
            (std::vector<std::string>{"B", "a", "b", "c"}));
  EXPECT_EQ(names(store().list(DefinitionKind::schedule, "a", 1)), std::vector<std::string>{"b"});
}

TEST_P(DefinitionStoreContract, TellsWhatIsDueTheLongestDueFirst) {
  put("never");
  put("later", DefinitionKind::schedule, noon + 1h);
  put("second", DefinitionKind::schedule, noon);
  put("first", DefinitionKind::schedule, noon - 1h);
  put("other", DefinitionKind::trigger, noon - 2h);
  EXPECT_EQ(names(store().due(DefinitionKind::schedule, noon, 10)),
            (std::vector<std::string>{"first", "second"}));
  EXPECT_EQ(names(store().due(DefinitionKind::schedule, noon, 1)),
            (std::vector<std::string>{"first"}));
  EXPECT_EQ(*store().next_due(DefinitionKind::schedule), noon - 1h);
  EXPECT_EQ(*store().next_due(DefinitionKind::training_template), std::nullopt);
}

TEST_P(DefinitionStoreContract, AdvancesOnceFromARevision) {
  const auto before = put("s", DefinitionKind::schedule, noon);
  auto advance = advance_of(before);
  advance.due_at = noon + 24h;
  advance.decisions = {{.at = noon, .outcome = "fired", .reason = "on time", .data = R"({"b":2})"}};
  EXPECT_EQ(store().advance(advance), 2);
  EXPECT_EQ(store().advance(advance).error().code, Errc::conflict);
  const auto after = store().get(DefinitionKind::schedule, "s");
  EXPECT_EQ(after->state, "{\"n\":1}");
  EXPECT_EQ(after->due_at, noon + 24h);
  EXPECT_EQ(after->spec, before.spec);
  const auto decisions = store().decisions(DefinitionKind::schedule, "s", {}, 10);
  ASSERT_EQ(decisions->size(), 1U) << "the refused one left a decision";
  EXPECT_EQ(decisions->front().outcome, "fired");
  EXPECT_EQ(decisions->front().data, R"({"b":2})");
  EXPECT_EQ(decisions->front().at, noon);
}

TEST_P(DefinitionStoreContract, AdvancesNothingThatIsGone) {
  const auto definition = put("s");
  ASSERT_TRUE(store().remove(DefinitionKind::schedule, "s").has_value());
  EXPECT_EQ(store().advance(advance_of(definition)).error().code, Errc::conflict);
  EXPECT_EQ(store().remove(DefinitionKind::schedule, "s").error().code, Errc::not_found);
}

TEST_P(DefinitionStoreContract, KeepsDecisionsOverAPutAndNotOverARemoval) {
  auto advance = advance_of(put("s"));
  advance.decisions = {{.at = noon, .outcome = "skipped", .reason = "nothing new"}};
  ASSERT_TRUE(store().advance(advance).has_value());
  put("s");
  EXPECT_EQ(store().decisions(DefinitionKind::schedule, "s", {}, 10)->size(), 1U);
  ASSERT_TRUE(store().remove(DefinitionKind::schedule, "s").has_value());
  EXPECT_TRUE(store().decisions(DefinitionKind::schedule, "s", {}, 10)->empty());
}

TEST_P(DefinitionStoreContract, PagesDecisionsNewestFirstAndKeepsTheNewestOnly) {
  auto advance = advance_of(put("s"));
  for (int i = 0; i < DefinitionStore::decisions_max + 5; ++i)
    advance.decisions.push_back({.at = noon, .outcome = "skipped", .reason = std::to_string(i)});
  ASSERT_TRUE(store().advance(advance).has_value());
  const auto page = store().decisions(DefinitionKind::schedule, "s", {}, 2);
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ(page->front().reason, "1004");
  const auto next = store().decisions(DefinitionKind::schedule, "s", page->back().id, 5'000);
  EXPECT_EQ(next->front().reason, "1002");
  EXPECT_EQ(next->back().reason, "5");
}

TEST_P(DefinitionStoreContract, ForgetsTheOldestDecisionsOfAll) {
  for (const auto* name : {"s", "t"}) {
    auto advance = advance_of(put(name));
    advance.decisions = {{.at = system_clock().now() - 48h, .outcome = "fired", .reason = "old"},
                         {.at = system_clock().now(), .outcome = "fired", .reason = "young"}};
    ASSERT_TRUE(store().advance(advance).has_value());
  }
  EXPECT_EQ(*store().forget_decisions(72h, 100), 0);
  EXPECT_EQ(*store().forget_decisions(24h, 1), 1) << "no more than it may look at";
  EXPECT_EQ(*store().forget_decisions(24h, 100), 1);
  for (const auto* name : {"s", "t"}) {
    const auto left = store().decisions(DefinitionKind::schedule, name, {}, 10);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->front().reason, "young");
  }
}

TEST_P(DefinitionStoreContract, NotesADecisionWithoutChangingTheRevision) {
  const auto before = put("s");
  const Decision noted{.at = noon, .outcome = "started", .reason = "in line", .data = R"({"b":2})"};
  ASSERT_TRUE(store().note(DefinitionKind::schedule, "s", noted).has_value());
  const auto decisions = store().decisions(DefinitionKind::schedule, "s", {}, 10);
  ASSERT_EQ(decisions->size(), 1U);
  EXPECT_EQ(decisions->front().outcome, "started");
  EXPECT_EQ(decisions->front().data, R"({"b":2})");
  EXPECT_EQ(decisions->front().at, noon);
  EXPECT_EQ(store().advance(advance_of(before)), 2) << "who runs it goes on";
  EXPECT_EQ(store().note(DefinitionKind::trigger, "s", noted).error().code, Errc::not_found);
}

TEST_P(DefinitionStoreContract, RefusesTextThatNoDatabaseKeeps) {
  const auto refused = store().put({.kind = DefinitionKind::trigger,
                                    .name = std::string("a\0b", 3),
                                    .user_id = "ada",
                                    .spec = "{}"},
                                   {});
  EXPECT_EQ(refused.error().code, Errc::invalid_argument);
  EXPECT_EQ(refused.error().field, "name");
}

}  // namespace trainyard::ports
