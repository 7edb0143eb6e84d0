#pragma once

namespace trainyard::runtime {

// Exit codes of a child with a meaning for its parent.
inline constexpr int exit_code_lease_over =
    87;  // it ended itself: the running task's lease is over

}  // namespace trainyard::runtime
