#include "common/adapters/sql/migration.hpp"

#include "common/base/invariant.hpp"

#include <fmt/format.h>

namespace trainyard::sql {

// FNV-1a: it has to notice an edit, not to withstand an attacker.
std::string checksum_of(const Migration& migration) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : migration.up) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

Result<std::span<const Migration>> pending(std::span<const Migration> known,
                                           std::span<const AppliedMigration> applied) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    invariant(known[i].number == static_cast<int>(i) + 1, "migration numbers are dense");
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i >= known.size()) {
      return fail(
          Error{.code = Errc::conflict,
                .detail = fmt::format("the database has migration {:03} '{}', which this trainyard "
                                      "does not know",
                                      applied[i].number, applied[i].name),
                .hint = "run the trainyard that migrated it, or a newer one"});
    }
    if (applied[i].number != known[i].number || applied[i].checksum != checksum_of(known[i])) {
      return fail(Error{
          .code = Errc::conflict,
          .detail = fmt::format("migration {:03} '{}' was applied with another text than this "
                                "trainyard carries",
                                applied[i].number, applied[i].name),
          .hint = "an applied migration is never edited: restore it and add a new one"});
    }
  }
  return known.subspan(applied.size());
}

}  // namespace trainyard::sql
