#pragma once

namespace trainyard::models {

#if defined(__x86_64__)
template <class Body>
[[gnu::target("avx2")]] auto on_avx2(Body& body) {
  return body();
}
#endif

// Calls `body`, compiled for the widest vectors of the processor it runs on as well as for the
// oldest one. The bits are the same on both: without fused multiply-add a vector rounds like a
// number. Body is a lambda marked TRAINYARD_INLINE, as is whatever it calls in its loops.
template <class Body>
auto on_wide_vectors(Body body) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return on_avx2(body);
#endif
  return body();
}

#define TRAINYARD_INLINE __attribute__((always_inline))

}  // namespace trainyard::models
