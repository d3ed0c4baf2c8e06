// What the registers of the target allow, from its feature bits. In: a CPU as `--cpu` names it. Out: widths of vectors
// and tiles. Skeletons obey; they ask for nothing else about the processor.
#pragma once

#include "llvm/Support/Error.h"

#include <string>

namespace heed {

struct CpuStrategy {
  int64_t lanes = 0;       // f32 elements of a vector: 16 (AVX-512), 8 (AVX2); 0: no vectors that are worth it
  int64_t tileColumns = 0; // of a register tile: the width of a packed panel
  bool masks = false;      // AVX-512: masked loads and stores of every width, scalef
  bool rounds = false;     // AVX512_BF16: an instruction rounds f32 to bf16
  bool tiles = false;      // AMX: tile registers multiply bf16
  bool emulated = false;   // for tests: what tile registers do is done in loops

  static llvm::Expected<CpuStrategy> forCpu(llvm::StringRef cpu);
};

} // namespace heed
