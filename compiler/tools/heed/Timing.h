// How long each stage of a compilation took, for `--timing`.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace heed::tools {

class Timing {
public:
  /// Runs one stage.
  template <typename Stage> auto of(const char *name, Stage &&stage) {
    auto begin = std::chrono::steady_clock::now();
    auto result = stage();
    spans.emplace_back(name,
                       std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    return result;
  }

  /// A table on standard error.
  void tell() const {
    double sum = 0;
    for (const auto &[name, milliseconds] : spans) {
      fmt::print(stderr, "{:>9.1f} ms  {}\n", milliseconds, name);
      sum += milliseconds;
    }
    fmt::print(stderr, "{:>9.1f} ms  in all\n", sum);
  }

private:
  std::vector<std::pair<const char *, double>> spans;
};

} // namespace heed::tools
