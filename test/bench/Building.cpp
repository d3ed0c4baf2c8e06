// Compile times of GPT-2 at three depths, and the example as a whole.
#include "Bench.h"
#include "Process.h"

namespace heed::bench {
namespace {

/// Milliseconds by stage, as `heed build --timing` tells them: "      1.9 ms  parse".
std::map<std::string, double> stagesOf(const std::string &told) {
  std::map<std::string, double> stages;
  for (auto &found : matchesOf(R"(([0-9.]+) ms  ([^\n]+))", told))
    stages[found[2]] = std::stod(found[1]);
  return stages;
}

} // namespace

void building(Bench &bench) {
  std::string name = "building GPT-2";
  if (!bench.table.wants(name))
    return;
  bench.table.heading("building: GPT-2 of 768, by depth; wall time");
  constexpr int turns = 3;
  const int depths[] = {2, 12, 48};
  std::map<int, std::map<std::string, std::vector<double>>> times;
  for (int turn = 0; turn != turns; ++turn)
    for (int depth : depths) {
      Result<std::string> told =
          outputOf({HEED_PROGRAM, "build", HEED_PROGRAMS "/gpt.heed", "--model", fmt::format("GPT2(depth = {})", depth),
                    "--cpu", bench.cpu, "--shared", "--timing", "-o", temporary("built.so")});
      if (!told)
        return bench.table.broken(name, told.error().text);
      for (auto [stage, spent] : stagesOf(*told))
        times[depth][stage].push_back(spent / 1000);
    }
  for (int depth : depths) {
    double whole = median(times[depth]["in all"]);
    bench.table.times(fmt::format("{} depth={}", name, depth), whole, "at most", 3.0, depth == 12 ? 1.0 : 0);
    std::string stages;
    for (const auto &[stage, spent] : times[depth])
      if (stage != "in all" && median(spent) > 0.01)
        stages += fmt::format("{}{} {:.2f}", stages.empty() ? "" : ", ", stage, median(spent));
    bench.table.note("  seconds by stage: " + stages);
  }
  bench.table.ratio("building GPT-2 depth 48 to depth 2", median(times[48]["in all"]) / median(times[2]["in all"]),
                    1.05, true);
}

void stories(Bench &bench) {
  std::string name = "stories 260K", program = temporary("stories");
  if (!bench.table.wants(name))
    return;
  bench.table.heading("stories: the example, greedy");
  Result<std::string> told =
      outputOf({HEED_PROGRAM, "build", HEED_STORIES "/model.heed", "--weights", HEED_STORIES "/stories260K.bin",
                "--tokenizer", HEED_STORIES "/tok512.bin", "--cpu", bench.cpu, "-o", program});
  std::vector<double> rates;
  for (int turn = 0; told && turn != 3; ++turn) {
    told = outputOf({program, "generate"});
    if (told)
      for (auto &found : matchesOf(R"(([0-9.]+) tokens/s)", *told))
        rates.push_back(std::stod(found[1]));
  }
  if (rates.empty())
    return bench.table.broken(name, told ? *told : told.error().text);
  // As told in README.md before there were fast kernels.
  bench.table.row(name + ", all cores", median(rates), tokens, "plain loops, two cores", 176.1);
}

} // namespace heed::bench
