// What this machine can do at most. In: how much of it. Out: time passes; the caller measures it.
#pragma once

#include "Measure.h"

#include <cstddef>

namespace heed::bench {

/// f32 fused multiply-adds in registers alone, in FLOP, on each of `threads`. `wide`: with AVX-512 where the machine
/// has it; else AVX2.
Contender fmaLimit(bool wide, int threads = 1);

/// Reads memory once from end to end, in bytes, each of `threads` its share. The memory stays the caller's.
Contender readLimit(const std::byte *, size_t bytes, int threads);

} // namespace heed::bench
