// The table that `./dev bench` prints. In: what was measured, of which rows the caller wants. Out: lines, and whether
// every result was right. A target that is missed is told and is no failure; a wrong result is one.
#pragma once

#include "Measure.h"

#include <optional>
#include <string>
#include <string_view>

namespace heed::bench {

/// A rate as people read it: value 1.5e11 in "GFLOP/s" with `scale` 1e9.
struct Unit {
  const char *name;
  double scale;
};
constexpr Unit gflops = {"GFLOP/s", 1e9}, gigabytes = {"GB/s", 1e9}, tokens = {"token/s", 1};

class Table {
public:
  explicit Table(std::string filter) : filter(std::move(filter)) {}

  /// Whether a row's name contains what was asked for.
  bool wants(std::string_view name) const { return name.find(filter) != name.npos; }
  /// A line above the rows that follow, if any do.
  void heading(std::string text) { pending = std::move(text); }
  /// Ours, against a peer or a limit, in the same unit; returns the ratio of the two.
  double row(std::string_view name, double ours, Unit, std::string_view peer, double theirs, double target = 0);
  /// The same where less is better: the ratio is theirs to ours.
  double times(std::string_view name, double ours, std::string_view peer, double theirs, double target = 0);
  /// A number that is a ratio by itself; `target` 0: there is none. `most`: it must not be above `target`.
  void ratio(std::string_view name, double ratio, double target, bool most = false);
  void note(std::string_view text);

  /// Whether two results agree: by relative L2 distance. If not, says so and remembers it.
  bool agree(std::string_view name, std::span<const float> found, std::span<const float> expected, double tolerance);
  /// Something could not be built or run.
  void broken(std::string_view name, std::string_view why);
  /// Prints the last line; returns the exit status.
  int finish() const;

private:
  /// Prints a line, and before it the heading.
  void line(std::string_view text);
  std::string verdict(double ratio, double target, bool most);

  std::string filter, pending;
  int met = 0, missed = 0, wrong = 0;
};

} // namespace heed::bench
