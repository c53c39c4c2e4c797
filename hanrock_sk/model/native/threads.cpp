// Threads that are offered to kernels; see threads.h.
#include "threads.h"

namespace hanrock {
std::atomic<int> offered_threads{0};
}

extern "C" void offer_threads(int threads) { hanrock::offered_threads = threads; }

extern "C" int team_size() { return hanrock::team(); }
