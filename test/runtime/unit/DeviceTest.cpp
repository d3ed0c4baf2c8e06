// Ranges are covered once on any number of threads; of several faults the least is told; CPU features are recognised.
#include "runtime/device/Cpu.h"
#include "runtime/device/CpuFeatures.h"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <thread>

using namespace heed::runtime;

namespace {

struct Grid {
  int64_t panels;
  std::vector<std::atomic<int>> *visits;
};
void visit(const void *args, int64_t r0, int64_t r1, int64_t p0, int64_t p1, void *scratch) {
  auto &grid = *static_cast<const Grid *>(args);
  std::memset(scratch, 1, 64); // every thread has its own
  for (int64_t r = r0; r != r1; ++r)
    for (int64_t p = p0; p != p1; ++p)
      ++(*grid.visits)[size_t(r * grid.panels + p)];
}

int32_t failMuch(heed_call *call) {
  auto range = [](const void *args, int64_t r0, int64_t r1, int64_t, int64_t, void *) {
    auto *call = static_cast<heed_call *>(const_cast<void *>(args));
    for (int64_t r = r0; r != r1; ++r)
      call->host->fail(call, r % 2 ? 1 : 2, 1000 - r);
  };
  call->host->parallel_for(call, range, call, 100, 1, 1);
  return 1;
}
int64_t none(const int64_t *) { return 0; }
int64_t tooMuch(const int64_t *) { return INT64_MAX; }

} // namespace

TEST_CASE("every row and panel is visited once") {
  for (int threads : {1, 2, 3, 5}) {
    ThreadPool pool(threads);
    CHECK(pool.size() == threads);
    std::vector<std::byte> scratch(size_t(threads) * 64);
    for (auto [rows, panels, grain] :
         {std::tuple(1, 1, 1), {7, 1, 1}, {1, 50, 1}, {3, 17, 2}, {1000, 3, 64}, {5, 5, 100}, {0, 5, 1}, {5, 0, 1}})
      for (int repeat = 0; repeat != 50; ++repeat) {
        std::vector<std::atomic<int>> visits(size_t(rows * panels));
        Grid grid{panels, &visits};
        pool.run({visit, &grid, rows, panels, grain, scratch.data(), 64});
        bool once = std::all_of(visits.begin(), visits.end(), [](auto &count) { return count == 1; });
        REQUIRE(once);
      }
  }
}

TEST_CASE("a pool serves several callers at once") {
  ThreadPool pool(2);
  std::vector<std::thread> callers;
  std::atomic<int> good = 0;
  for (int i = 0; i != 3; ++i)
    callers.emplace_back([&] {
      std::vector<std::byte> scratch(2 * 64);
      for (int repeat = 0; repeat != 300; ++repeat) {
        std::vector<std::atomic<int>> visits(64);
        Grid grid{4, &visits};
        pool.run({visit, &grid, 16, 4, 1, scratch.data(), 64});
        good += std::all_of(visits.begin(), visits.end(), [](auto &count) { return count == 1; });
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  CHECK(good == 900);
}

TEST_CASE("of many faults the least is told, on any number of threads") {
  heed_fault faults[] = {{"never", "a"}, {"index {} is outside", "m.heed:2:3"}, {"other {}", "m.heed:9:9"}};
  heed_entry entry = {"forward", 0, nullptr, -1, 0, nullptr, 0, nullptr, none, none, 3, faults, failMuch};
  for (int threads : {1, 2, 4}) {
    Cpu cpu(threads);
    Workspace workspace;
    Result<void> ran = cpu.run({entry, {}, {}, {}}, workspace);
    REQUIRE_FALSE(ran);
    CHECK(ran.error().text == "m.heed:2:3: index 901 is outside");
  }
}

TEST_CASE("an arena that can't be had is an error") {
  heed_entry entry = {"forward", 0, nullptr, -1, 0, nullptr, 0, nullptr, tooMuch, none, 0, nullptr, failMuch};
  Cpu cpu(1);
  Workspace workspace;
  CHECK_FALSE(cpu.run({entry, {}, {}, {}}, workspace));
}

TEST_CASE("CPU features") {
  CHECK(requireCpuFeatures(""));
  CHECK(requireCpuFeatures("sse2,cx8,64bit"));
  CHECK(requireCpuFeatures("+sse2,+fxsr"));
  Result<void> unknown = requireCpuFeatures("sse2,telepathy");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().text == "it was built for the CPU feature `telepathy`, which this runtime does not know");
  // No CPU has both: xop is AMD's, gone since Zen; kl is Intel's.
  Result<void> missing = requireCpuFeatures("sse2,xop,kl");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text.find("that this machine lacks: `") != std::string::npos);
}
