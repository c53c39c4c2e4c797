// How long threads spin at the end of a parallel loop before they sleep.
//
// libgomp decides it when it is loaded: for milliseconds if there are cores for all of
// its threads, else for microseconds, counting the threads of all teams in the process.
// A team that does nothing but exist therefore makes every other one give cores up at
// once, for as long as it exists: what is wanted while other processes compute.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace hanrock {
namespace {

constexpr int most_cores = 64;  // with more, the team itself would cost too much

class IdleTeam {
    std::mutex mutex;
    std::condition_variable changed;
    bool ends = false, stands = false;
    std::thread owner;

  public:
    const pid_t process = getpid();

    IdleTeam() : owner([this] { exist(); }) {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [this] { return stands; });
    }
    ~IdleTeam() {
        {
            std::lock_guard<std::mutex> lock(mutex);
            ends = true;
        }
        changed.notify_all();
        owner.join();
    }

  private:
    void exist() {
#ifdef _OPENMP
        int members = 0;
        if (omp_get_num_procs() <= most_cores) {
#pragma omp parallel num_threads(omp_get_num_procs() + 1)
            {
#pragma omp atomic
                members += 1;
            }
        }
#endif
        std::unique_lock<std::mutex> lock(mutex);
        stands = true;
        changed.notify_all();
        changed.wait(lock, [this] { return ends; });
    }
};

std::mutex guard;
IdleTeam* team = nullptr;  // never destroyed when the process ends

}  // namespace
}  // namespace hanrock

// Whether threads are to sleep at once; returns whether they were.
extern "C" int wait_asleep(int asleep) {
    using namespace hanrock;
    std::lock_guard<std::mutex> lock(guard);
    if (team && team->process != getpid()) team = nullptr;  // it stayed behind a fork
    const int was = team != nullptr;
    if (asleep && !was) team = new IdleTeam();
    if (!asleep && was) {
        delete team;
        team = nullptr;
    }
    return was;
}
