// How many threads a kernel has. What kernels compute does not depend on it, so that it
// may change while a network is trained, which torch's own operations would not forgive.
#pragma once

#include <algorithm>
#include <atomic>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace hanrock {

extern std::atomic<int> offered_threads;

// Those that torch has on this thread, or those that are offered if these are more.
inline int team() {
#ifdef _OPENMP
    return std::max(omp_get_max_threads(), offered_threads.load());
#else
    return 1;
#endif
}

}  // namespace hanrock
