// Lines of the table.
#include "Table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace heed::bench {

std::string Table::verdict(double ratio, double target, bool most) {
  if (target == 0)
    return "";
  bool reached = most ? ratio <= target : ratio >= target;
  ++(reached ? met : missed);
  return fmt::format("  {} {:.2f} {}", most ? "<=" : ">=", target, reached ? "met" : "MISSED");
}

void Table::line(std::string_view text) {
  if (!pending.empty())
    fmt::print("\n{}\n", std::exchange(pending, {}));
  fmt::print("  {}\n", text);
  std::fflush(stdout);
}

double Table::row(std::string_view name, double ours, Unit unit, std::string_view peer, double theirs, double target) {
  double ratio = ours / theirs;
  line(fmt::format("{:44} {:9.1f} {:8} {:26} {:9.1f} {:6.2f}{}", name, ours / unit.scale, unit.name, peer,
                   theirs / unit.scale, ratio, verdict(ratio, target, false)));
  return ratio;
}

double Table::times(std::string_view name, double ours, std::string_view peer, double theirs, double target) {
  double ratio = theirs / ours;
  line(fmt::format("{:44} {:9.3f} {:8} {:26} {:9.3f} {:6.2f}{}", name, ours, "s", peer, theirs, ratio,
                   verdict(ratio, target, false)));
  return ratio;
}

void Table::ratio(std::string_view name, double ratio, double target, bool most) {
  line(fmt::format("{:100} {:6.2f}{}", name, ratio, verdict(ratio, target, most)));
}

void Table::note(std::string_view text) { line(text); }

bool Table::agree(std::string_view name, std::span<const float> found, std::span<const float> expected,
                  double tolerance) {
  double apart = 0, scale = 0;
  for (size_t i = 0; i != std::min(found.size(), expected.size()); ++i) {
    double difference = double(found[i]) - double(expected[i]);
    apart += difference * difference;
    scale += double(expected[i]) * double(expected[i]);
  }
  double distance = std::sqrt(apart / scale);
  if (found.size() == expected.size() && distance <= tolerance) // NaN is not
    return true;
  ++wrong;
  line(fmt::format("{:44} WRONG: relative distance {:.3g} from the reference, at most {:.3g}", name, distance,
                   tolerance));
  return false;
}

void Table::broken(std::string_view name, std::string_view why) {
  ++wrong;
  line(fmt::format("{:44} BROKEN: {}", name, why));
}

int Table::finish() const {
  fmt::print("\n{} targets met, {} missed, {} rows wrong\n", met, missed, wrong);
  return wrong ? 1 : 0;
}

} // namespace heed::bench
