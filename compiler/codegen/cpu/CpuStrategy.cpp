#include "compiler/codegen/cpu/CpuStrategy.h"

#include "compiler/codegen/Target.h"

#include "llvm/MC/MCSubtargetInfo.h"

namespace heed {

llvm::Expected<CpuStrategy> CpuStrategy::forCpu(llvm::StringRef cpu) {
  llvm::Expected<Target> target = Target::forCpu(cpu);
  if (!target)
    return target.takeError();
  const llvm::MCSubtargetInfo &features = *target->machine->getMCSubtargetInfo();
  // 9 x 48: 27 accumulators, 3 columns, 1 element of 32 registers; 6 x 16: 12, 2 and 1 of 16.
  if (features.checkFeatures("+avx512f,+avx512bw,+avx512dq,+avx512vl"))
    return CpuStrategy{.lanes = 16,
                       .tileColumns = 48,
                       .masks = true,
                       .rounds = features.checkFeatures("+avx512bf16"),
                       .tiles = cpu == emulatingTiles || features.checkFeatures("+amx-tile,+amx-bf16"),
                       .emulated = cpu == emulatingTiles};
  if (features.checkFeatures("+avx2,+fma"))
    return CpuStrategy{.lanes = 8, .tileColumns = 16, .masks = false};
  return CpuStrategy{};
}

} // namespace heed
