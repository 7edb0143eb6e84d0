#include "worker/forecast/columns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trainyard::forecast {
namespace {

using domain::ColumnKind;
using testing::HasSubstr;

domain::TableInfo table(std::vector<std::pair<std::string, ColumnKind>> columns) {
  domain::TableInfo info;
  for (auto& [name, kind] : columns)
    info.columns.push_back({.name = name, .kind = kind});
  return info;
}

TEST(ChooseColumns, GoesByNamesFirst) {
  const auto roles = choose_columns(table({{"Store", ColumnKind::text},
                                           {"Date", ColumnKind::time},
                                           {"Sales", ColumnKind::number},
                                           {"price", ColumnKind::number}}),
                                    {});
  ASSERT_TRUE(roles) << describe(roles.error());
  EXPECT_EQ(roles->time, "Date");
  EXPECT_EQ(roles->target, "Sales");
  EXPECT_EQ(roles->segment, "Store");
}

TEST(ChooseColumns, GoesByContentWhenNamesSayNothing) {
  const auto roles = choose_columns(
      table({{"a", ColumnKind::text}, {"b", ColumnKind::time}, {"c", ColumnKind::number}}), {});
  ASSERT_TRUE(roles);
  EXPECT_EQ(roles->time, "b");
  EXPECT_EQ(roles->target, "c");
  EXPECT_EQ(roles->segment, "a");
}

TEST(ChooseColumns, KeepsWhatWasAskedFor) {
  const auto roles = choose_columns(
      table({{"ds", ColumnKind::time}, {"y", ColumnKind::number}, {"price", ColumnKind::number}}),
      {.target = "price"});
  ASSERT_TRUE(roles);
  EXPECT_EQ(roles->target, "price");
  EXPECT_TRUE(roles->segment.empty());
}

TEST(ChooseColumns, ListsTheColumnsAndTheKeyWhenItCannotTell) {
  const auto no_target = choose_columns(
      table({{"ds", ColumnKind::time}, {"p", ColumnKind::number}, {"q", ColumnKind::number}}), {});
  ASSERT_FALSE(no_target);
  EXPECT_EQ(no_target.error().field, "target_col");
  EXPECT_THAT(no_target.error().detail, HasSubstr("ds, p, q"));
  EXPECT_THAT(no_target.error().hint, HasSubstr("--target"));
  const auto no_time =
      choose_columns(table({{"x", ColumnKind::text}, {"y", ColumnKind::number}}), {});
  ASSERT_FALSE(no_time);
  EXPECT_EQ(no_time.error().field, "time_col");
}

TEST(ChooseColumns, RefusesAColumnThatIsNotThere) {
  const auto roles = choose_columns(
      table({{"ds", ColumnKind::time}, {"sales", ColumnKind::number}}), {.target = "sale"});
  ASSERT_FALSE(roles);
  EXPECT_EQ(roles.error().field, "target_col");
  EXPECT_THAT(roles.error().hint, HasSubstr("'sales'"));
}

}  // namespace
}  // namespace trainyard::forecast
