// What compiled entries do to memory: nothing outside of what they are given, no use of what was never written or is
// dead by the plan, and all of the arena that the formula asks for.
#include "Memory.h"

#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using namespace heed;
using namespace heed::test;

namespace {

struct Program {
  const char *file, *model;
};
constexpr Program programs[] = {
    {"examples/stories/model.heed", "Stories"},
    {"test/programs/gpt.heed", "GPT2(31, 64, 12, 3, 2)"},
    {"test/programs/t5.heed", "T5(31, 12, 4, 3, 24, 2)"},
    {"test/programs/vit.heed", "ViT(width = 12, hidden = 24, depth = 2)"},
    {"test/programs/mixtral.heed", "Decoder(31, 12, 24, 2, 4, 2, 4, cap = 2, final = 3, sliding = 4)"},
};

/// All programs, compiled once: for this machine, and for less than it may have.
const std::vector<Compiled> &compiledPrograms() {
  static auto *compiled = [] {
    auto *made = new std::vector<Compiled>;
    for (const char *cpu : {"native", "x86-64-v3"})
      for (const Program &program : programs)
        made->push_back(compileProgram(program.file, program.model, cpu));
    return made;
  }();
  return *compiled;
}

template <typename F> void forEachEntry(F &&f) {
  for (const Compiled &compiled : compiledPrograms()) {
    Bytes weights = initialWeights(compiled, {});
    for (int32_t i = 0; i != compiled.model->entry_count; ++i) {
      const heed_entry &entry = compiled.model->entries[i];
      INFO(std::string(compiled.model->name), " for ", std::string(compiled.model->cpu), ": ", std::string(entry.name));
      f(compiled, entry, weights);
    }
  }
}

/// Every size `first`, then one more each.
std::vector<int64_t> sizesFrom(const heed_entry &entry, int64_t first) {
  std::vector<int64_t> sizes;
  for (int32_t i = 0; i != entry.size_count; ++i)
    sizes.push_back(first + i);
  return sizes;
}

/// The end of what was written: of two runs over different memory, where they left it different last.
int64_t writtenEnd(const Compiled &compiled, const heed_entry &entry, const std::vector<int64_t> &sizes,
                   const Bytes &weights) {
  auto arena = [&](std::byte fill) {
    return callEntry(compiled, entry, sizes, weights, {Guard::Behind, fill, false}).arena;
  };
  Bytes a = arena(std::byte(0x5a)), b = arena(std::byte(0xa5));
  for (size_t i = a.size(); i-- != 0;)
    if (a[i] == b[i]) // not both as they were filled
      return int64_t(i) + 1;
  return 0;
}

} // namespace

TEST_CASE("memory: a guard ends who touches it") {
  for (Guard guard : {Guard::Behind, Guard::Before}) {
    Guarded memory(100, guard, std::byte(0));
    pid_t child = fork();
    if (child == 0) {
      signal(SIGSEGV, SIG_DFL); // doctest would tell of it
      *static_cast<volatile std::byte *>(memory.data() + (guard == Guard::Behind ? 128 : -1)) = std::byte(1);
      _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(memory.restIsWhole());
    memory.data()[100] = std::byte(1);
    CHECK(!memory.restIsWhole());
  }
}

TEST_CASE("memory: nothing is touched outside of buffers, and nothing read that was not written") {
  unsigned operands = 0;
  forEachEntry([&](const Compiled &compiled, const heed_entry &entry, const Bytes &weights) {
    for (int64_t size : {1, 7, 16, 33}) {
      INFO("sizes from ", size);
      std::vector<int64_t> sizes = sizesFrom(entry, size);
      Called zeros = callEntry(compiled, entry, sizes, weights, {Guard::Behind, std::byte(0), false});
      Called nans = callEntry(compiled, entry, sizes, weights, {Guard::Before, std::byte(0xff), false});
      Called poisoned = callEntry(compiled, entry, sizes, weights, {Guard::Behind, std::byte(0xff), true});
      CHECK(nans.results == zeros.results);
      CHECK(poisoned.results == zeros.results);
      operands += poisoned.poisoned;
    }
  });
  CHECK(operands > 100);
}

TEST_CASE("memory: the arena is as large as its formula says, at any sizes") {
  std::mt19937 random(5);
  forEachEntry([&](const Compiled &compiled, const heed_entry &entry, const Bytes &weights) {
    for (int round = 0; round != 20; ++round) {
      std::vector<int64_t> sizes;
      for (int32_t i = 0; i != entry.size_count; ++i)
        sizes.push_back(1 + int64_t(random() % 24));
      int64_t formula = entry.arena_bytes(sizes.data()), end = writtenEnd(compiled, entry, sizes, weights);
      INFO(formula, " bytes by the formula, written up to ", end);
      CHECK(end <= formula);
      CHECK(formula - end < HEED_ALIGNMENT);
    }
  });
}
