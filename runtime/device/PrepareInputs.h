// Tensors from anywhere into what an entry takes: aligned, in its types, absent ones filled, sizes solved.
// In: views, one for each input, or none. Out: buffers and sizes ready for a call, or everything that does not fit.
#pragma once

#include "runtime/device/EntrySizes.h"

namespace heed::runtime {

struct PreparedInputs {
  std::vector<int64_t> sizes;
  std::vector<Tensor> tensors;
  std::vector<void *> pointers; // to each tensor's data
};

/// Views in the order of the entry's inputs. The error names inputs and entry; whoever knows the file puts it before.
Result<PreparedInputs> prepareInputs(const heed_entry &, std::span<const std::optional<TensorView>> given);

std::vector<void *> pointersOf(std::span<const Tensor>);

} // namespace heed::runtime
