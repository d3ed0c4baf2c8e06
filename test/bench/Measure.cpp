// Turns, medians, means.
#include "Measure.h"

#include <algorithm>
#include <cmath>
#include <time.h>

namespace heed::bench {

double now(Clock clock) {
  timespec time;
  clock_gettime(clock == Clock::Core ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

namespace {

double secondsOf(const Contender &contender, int64_t times, Clock clock) {
  double begin = now(clock);
  for (int64_t i = 0; i != times; ++i)
    contender.run();
  return (now(clock) - begin) / double(times);
}

} // namespace

std::vector<double> medianRates(std::span<const Contender> contenders, Clock clock, double seconds) {
  constexpr double shortest = 0.02;
  constexpr int mostTurns = 15;
  std::vector<std::vector<double>> times(contenders.size());
  std::vector<int64_t> repeats;
  double turn = 0;
  for (const Contender &contender : contenders) {
    double first =
        secondsOf(contender, 1, clock); // caches are cold, threads asleep: only a guess, unless it is all we get
    times[repeats.size()].push_back(first);
    repeats.push_back(int64_t(std::ceil(std::min(shortest / std::max(first, 1e-7), 1e5))));
    turn += std::max(first, shortest);
  }
  int turns = int(std::min(seconds / turn, double(mostTurns)));
  for (int i = 0; i != turns; ++i)
    for (size_t c = 0; c != contenders.size(); ++c) {
      if (i == 0)
        times[c].clear();
      times[c].push_back(secondsOf(contenders[c], repeats[c], clock));
    }

  std::vector<double> rates;
  for (size_t c = 0; c != contenders.size(); ++c)
    rates.push_back(contenders[c].work / median(times[c]));
  return rates;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double geometricMean(std::span<const double> values) {
  double sum = 0;
  for (double value : values)
    sum += std::log(value);
  return std::exp(sum / double(values.size()));
}

} // namespace heed::bench
