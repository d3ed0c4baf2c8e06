// cpuid, and what the system saves of the registers that a feature uses: a feature that the system does not save is not
// there.
#include "runtime/device/CpuFeatures.h"

#include <algorithm>

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace heed::runtime {
namespace {

enum Register { EAX, EBX, ECX, EDX };
enum Saved : uint32_t { None = 0, Ymm = 0x6, Zmm = 0xe6, Tiles = 0x60000 }; // bits of the XCR0 register

struct Feature {
  std::string_view name;
  unsigned leaf, subleaf;
  Register in;
  unsigned bit;
  Saved saved;
};

constexpr Feature features[] = {
#define HEED_CPU_FEATURE(name, leaf, subleaf, in, bit, saved) {name, leaf, subleaf, in, bit, saved},
#include "runtime/device/CpuFeatures.def"
};

uint32_t savedBySystem() {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) // OSXSAVE
    return 0;
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

bool present(const Feature &feature) {
  unsigned registers[4];
  if (!__get_cpuid_count(feature.leaf, feature.subleaf, &registers[EAX], &registers[EBX], &registers[ECX],
                         &registers[EDX]))
    return false;
  return (registers[feature.in] >> feature.bit & 1) && (savedBySystem() & feature.saved) == feature.saved;
}

/// Linux hands out the tile registers only to processes that ask (Documentation/arch/x86/xstate.rst).
bool askForTiles() {
  constexpr long requestPermission = 0x1023, tileData = 18; // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

} // namespace

Result<void> requireCpuFeatures(std::string_view wanted) {
  std::string missing;
  bool tiles = false;
  while (!wanted.empty()) {
    std::string_view name = wanted.substr(0, wanted.find(','));
    wanted.remove_prefix(std::min(wanted.size(), name.size() + 1));
    if (name.starts_with('+'))
      name.remove_prefix(1);
    const Feature *known = nullptr;
    for (const Feature &feature : features)
      if (feature.name == name)
        known = &feature;
    if (name.empty())
      continue;
    if (!known)
      return failure("it was built for the CPU feature `{}`, which this runtime does not know", name);
    if (!present(*known))
      missing += fmt::format("{}`{}`", missing.empty() ? "" : ", ", name);
    tiles |= known->saved == Tiles;
  }
  if (!missing.empty())
    return failure("it was built for CPU features that this machine lacks: {}", missing);
  if (tiles && !askForTiles())
    return failure("it was built for AMX, and the system refuses the use of tile registers");
  return {};
}

} // namespace heed::runtime
