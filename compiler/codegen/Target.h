// The processor that code is made for.
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>

namespace heed {

/// A CPU for tests: this machine, and tile registers of bf16 in loops.
inline constexpr llvm::StringRef emulatingTiles = "native-emulating-tiles";

struct Target {
  std::unique_ptr<llvm::TargetMachine> machine;
  /// Names of the features that code may use and a processor may lack, joined by commas.
  std::string features;
  unsigned vectorBits = 128; // of the widest vectors

  static llvm::Expected<Target> forCpu(llvm::StringRef cpu);
};

} // namespace heed
