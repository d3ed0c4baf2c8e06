// heed_bench [FILTER] [--cpu CPU]: prints the table; rows whose names contain FILTER.
#include "Bench.h"
#include "Limits.h"
#include "Peers.h"

#include <fmt/format.h>

using namespace heed::bench;

void heed::bench::twoCores(Bench &bench, std::string_view name, Call &call, double work, Unit unit) {
  std::string row = fmt::format("{} on two cores", name);
  if (!bench.table.wants(row) || runtime::availableCores() < 2)
    return;
  runtime::Cpu one(1), two(2);
  Contender contenders[] = {
      {[&] { call.run(two); }, work}, {[&] { call.run(one); }, work}, fmaLimit(true, 2), fmaLimit(true, 1)};
  std::vector<double> rates = medianRates(contenders, Clock::Wall);
  bench.table.row(row, rates[0], unit, "one core", rates[1], 1.8);
  bench.table.note(fmt::format(
      "  in the same turns two cores multiply and add in registers {:.2f} times as fast as one", rates[2] / rates[3]));
}

int main(int count, char **words) {
  std::string filter, cpu = "native";
  for (int i = 1; i != count; ++i) {
    std::string_view word = words[i];
    if (word == "--cpu" && i + 1 != count)
      cpu = words[++i];
    else if (word.starts_with("-") || !filter.empty())
      return fmt::print(stderr, "heed_bench [FILTER] [--cpu CPU]\n"), 2;
    else
      filter = word;
  }
  prepareThem(words);
  fmt::print("Ours, against a peer or a limit, and the ratio of the two: medians of turns, random data, one core where "
             "nothing else is said.\nPeers: {}\n",
             peersText());
  Bench bench{Table(filter), cpu};
  contractions(bench);
  attention(bench);
  decoding(bench);
  forward(bench);
  building(bench);
  tokenizing(bench);
  stories(bench);
  return bench.table.finish();
}
