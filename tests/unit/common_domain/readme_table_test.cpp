#include "common/domain/transition_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace trainyard::domain {
namespace {

std::string readme() {
  std::ifstream file(TRAINYARD_SOURCE_DIR "/db/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(TransitionTable, IsTheOneThatTheReadmePrints) {
  std::string table = "| from | event | to | when |\n|---|---|---|---|\n";
  for (const auto& edge : edges) {
    table += std::string("| ") + std::string(to_string(edge.from)) + " | " +
             std::string(to_string(edge.event)) + " | " + std::string(to_string(edge.to)) + " | " +
             std::string(edge.when) + " |\n";
  }
  EXPECT_NE(readme().find(table + "\n"), std::string::npos) << "db/README.md should print:\n"
                                                            << table;
}

TEST(TransitionTable, IsTheOneThatTheDiagramDraws) {
  const auto text = readme();
  std::size_t drawn = 0;
  for (auto at = text.find(" --> "); at != std::string::npos; at = text.find(" --> ", at + 1)) {
    ++drawn;
  }
  for (const auto& edge : edges) {
    const auto arrow = std::string(to_string(edge.from)) + " --> " +
                       std::string(to_string(edge.to)) + ": " + std::string(to_string(edge.event));
    EXPECT_NE(text.find("  " + arrow + "\n"), std::string::npos) << arrow;
  }
  EXPECT_EQ(drawn, edges.size() + 3) << "beside the edges: the start and the two final states";
}

}  // namespace
}  // namespace trainyard::domain
