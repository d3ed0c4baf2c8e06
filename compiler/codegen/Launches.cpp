#include "compiler/codegen/Launches.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace heed {

static void collect(Block &block, SmallVector<int64_t> &turns, std::vector<Launch> &launches) {
  for (Operation &op : block)
    if (auto kernel = dyn_cast<KernelOp>(op)) {
      launches.push_back({kernel, turns});
    } else if (auto repeat = dyn_cast<RepeatOp>(op)) {
      for (auto [turn, kind] : llvm::enumerate(repeat.getSchedule())) {
        turns.push_back(turn);
        collect(repeat.getBodies()[kind].front(), turns, launches);
        turns.pop_back();
      }
    }
}

std::vector<Launch> launchesOf(EntryOp entry) {
  std::vector<Launch> launches;
  SmallVector<int64_t> turns;
  collect(entry.getBody().front(), turns, launches);
  return launches;
}

SmallVector<int64_t> pointerFields(KernelOp kernel) {
  SmallVector<int64_t> fields;
  int64_t end = 8 + 4; // the call and the first fault
  auto add = [&](Type type) {
    bool isTensor = isa<RankedTensorType>(type);
    int64_t bytes = isTensor || type.isIndex() ? 8 : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
    int64_t begin = llvm::alignTo(end, bytes);
    fields.push_back(isTensor ? begin : -1);
    end = begin + bytes;
  };
  for (Value operand : kernel->getOperands())
    add(operand.getType());
  for (Value result : kernel.getResults())
    add(result.getType());
  return fields;
}

} // namespace heed
