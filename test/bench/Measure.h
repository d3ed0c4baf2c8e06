// How fast several contenders do their work. In: functions, and how much one run of each does. Out: the median rate of
// each. All take turns, so that a slow moment of the machine meets all alike.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace heed::bench {

enum class Clock {
  Core, ///< time that the calling thread had a core: other programs do not disturb it
  Wall, ///< for contenders of several threads
};

/// Seconds since some moment.
double now(Clock);

struct Contender {
  std::function<void()> run;
  double work; ///< of one run: FLOP, bytes, tokens
};

/// Work per second. How often each runs adapts to how long it takes: at least 20 ms at a time, up to 15 times, about
/// `seconds` for all together, or once where that takes longer.
std::vector<double> medianRates(std::span<const Contender>, Clock, double seconds = 3);

double median(std::vector<double>);
double geometricMean(std::span<const double>);

} // namespace heed::bench
