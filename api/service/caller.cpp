#include "api/service/caller.hpp"

namespace trainyard::service {

Result<std::optional<std::string>> whose(const Caller& caller,
                                         const std::optional<std::string>& asked) {
  if (!asked || *asked == caller.user_id) return caller.user_id;
  if (caller.role != domain::Role::admin) {
    return fail(Error{.code = Errc::forbidden,
                      .detail = "the records of another user are not yours to list",
                      .field = "user"});
  }
  if (*asked == "*") return std::nullopt;
  return *asked;
}

}  // namespace trainyard::service
