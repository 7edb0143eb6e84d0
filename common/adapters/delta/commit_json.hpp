#pragma once

#include "common/base/error.hpp"
#include "common/domain/table_commit.hpp"

#include <string_view>

namespace trainyard::delta {

// The actions of one commit file, a JSON object per line, as the Delta protocol has it
// (github.com/delta-io/delta, PROTOCOL.md). Rows come from the writer's operation metrics where
// they tell of changed rows (MERGE, UPDATE, DELETE rewrite whole files), else from the statistics
// of the files added. Segments come from partition values of `segment_col`, or from statistics that
// say a file has but one. corrupt_data names the line.
Result<domain::TableCommit> parse_commit(std::int64_t version, std::string_view text,
                                         const std::string& segment_col);

}  // namespace trainyard::delta
