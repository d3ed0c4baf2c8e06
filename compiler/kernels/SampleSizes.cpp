#include "compiler/kernels/SampleSizes.h"

using namespace mlir;

namespace heed {

Sample typicalSizes(EntryOp entry) {
  Sample sample;
  for (auto name : entry.getSizes().getAsValueRange<StringAttr>())
    sample[name.str()] = entry.getStream() == name ? 1024 : 8;
  return sample;
}

std::vector<Sample> sampleSizes(EntryOp entry) {
  std::vector<Sample> samples = {typicalSizes(entry)};
  constexpr int64_t some[] = {1, 2, 7, 64, 129, 1000};
  for (unsigned first = 0; first < std::size(some); ++first)
    for (unsigned step : {0, 1, 5}) {
      unsigned next = first;
      Sample &sample = samples.emplace_back();
      for (auto name : entry.getSizes().getAsValueRange<StringAttr>()) {
        sample[name.str()] = some[next % std::size(some)];
        next += step;
      }
    }
  return samples;
}

SizeExpr bytesOf(RankedTensorType type) {
  SizeExpr bytes = std::max<int64_t>(1, type.getElementTypeBitWidth() / 8);
  for (const SizeExpr &axis : axesOf(type))
    bytes = bytes * axis;
  return bytes;
}

} // namespace heed
