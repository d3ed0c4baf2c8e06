// Causal attention and sliding windows: 64 numbers a head, as everywhere.
#include "Bench.h"
#include "Limits.h"
#include "Peers.h"

namespace heed::bench {
namespace {

constexpr int64_t E = 64;

/// 4 E operations for each pair of a query and a key that it sees.
double flopOf(int64_t T, int64_t H, int64_t window) {
  double pairs = 0;
  for (int64_t i = 0; i != T; ++i)
    pairs += double(std::min(i + 1, window));
  return pairs * double(4 * E * H);
}

/// Pairs of a block of queries and a block of keys, as the kernel has them, of which one query sees one key.
struct BlockSize {
  int64_t queries, keys;
};
BlockSize blockSize(bool wide) { return wide ? BlockSize{72, 48} : BlockSize{48, 16}; }
double visibleBlocks(int64_t T, int64_t window, BlockSize size) {
  auto [queries, keys] = size;
  double blocks = 0;
  for (int64_t begin = 0; begin < T; begin += queries) {
    int64_t first = std::max<int64_t>(begin - window + 1, 0), last = std::min(begin + queries, T) - 1;
    blocks += double(last / keys - first / keys + 1);
  }
  return blocks;
}

/// The peer on the inputs of a call.
class Unfused {
public:
  Unfused(const Call &call, int64_t T, int64_t H, int64_t window)
      : q(call.input(0)), k(call.input(1)), v(call.input(2)), y(q.size()), scores(size_t(T * T)),
        attention{T, H, E, q.data(), k.data(), v.data(), H * E, y.data(), H * E, scores.data(), window} {}

  void run() { unfusedAttention(attention); }
  std::span<const float> result() const { return y; }

private:
  std::vector<float> q, k, v, y, scores;
  Attention attention;
};

void causal(Bench &bench, const std::string &precision) {
  struct Size {
    int64_t T, H;
  };
  for (auto [T, H] : {Size{512, 12}, Size{2048, 12}, Size{8192, 2}}) {
    std::string name = fmt::format("attention causal T={} H={} {}", T, H, precision);
    if (!bench.table.wants(name))
      continue;
    Result<Compiled> model =
        Compiled::make({HEED_BENCH "/attention.heed", fmt::format("Attention({}, {})", H, E), precision, bench.cpu});
    if (!model)
      return bench.table.broken(name, model.error().text);
    runtime::Cpu one(1);
    Call call(*model, "before", {1, T});
    Unfused peer(call, T, H, INT64_MAX);
    call.run(one);
    peer.run();
    if (!bench.table.agree(name, call.output(0), peer.result(), toleranceOf(precision)))
      continue;
    double work = flopOf(T, H, INT64_MAX);
    Contender contenders[] = {{[&] { call.run(one); }, work}, {[&] { peer.run(); }, work}};
    std::vector<double> rates = medianRates(contenders, Clock::Core);
    bool asked = T == 2048 && precision == "f32";
    bench.table.row(name, rates[0], gflops, "OpenBLAS unfused", rates[1], asked ? 3.0 : 0);
    if (asked)
      twoCores(bench, name, call, work, gflops);
  }
}

constexpr int64_t slidingT = 8192, slidingH = 2;

/// One width of a window, to be timed in turns with the others.
struct Window {
  int64_t width;
  Compiled model;
  Call call{model, "near", {1, slidingT}};
  double blocks = visibleBlocks(slidingT, width, blockSize(model.wide())) * slidingH;
};

/// Beside OpenBLAS, which knows no masks; nothing where the result is another.
std::unique_ptr<Window> beside(Bench &bench, const std::string &name, int64_t width, runtime::Cpu &one) {
  Result<Compiled> model = Compiled::make(
      {HEED_BENCH "/attention.heed", fmt::format("Attention({}, {}, {})", slidingH, E, width), "f32", bench.cpu});
  if (!model) {
    bench.table.broken(name, model.error().text);
    return nullptr;
  }
  auto window = std::unique_ptr<Window>(new Window{width, std::move(*model)});
  Unfused peer(window->call, slidingT, slidingH, width);
  window->call.run(one);
  peer.run();
  if (!bench.table.agree(name, window->call.output(0), peer.result(), toleranceOf("f32")))
    return nullptr;
  double work = flopOf(slidingT, slidingH, width);
  Contender contenders[] = {{[&] { window->call.run(one); }, work}, {[&] { peer.run(); }, work}};
  std::vector<double> rates = medianRates(contenders, Clock::Core);
  bench.table.row(name, rates[0], gflops, "OpenBLAS unfused", rates[1]);
  if (width == 512)
    twoCores(bench, name, window->call, work, gflops);
  return window;
}

/// Time in proportion to the blocks that a window shows: all widths in turns, for the machine is not the same for long.
void sliding(Bench &bench) {
  runtime::Cpu one(1);
  std::vector<std::unique_ptr<Window>> windows;
  for (int64_t width : {128, 256, 512, 1024, 2048}) {
    std::string name = fmt::format("attention window={} T={} H={} f32", width, slidingT, slidingH);
    if (bench.table.wants(name))
      if (auto window = beside(bench, name, width, one))
        windows.push_back(std::move(window));
  }
  if (windows.size() < 2)
    return;
  std::vector<Contender> contenders;
  for (auto &window : windows)
    contenders.push_back({[&one, &window] { window->call.run(one); }, window->blocks});
  std::vector<double> rates = medianRates(contenders, Clock::Core, /*seconds=*/10);
  BlockSize size = blockSize(windows.front()->model.wide());
  bench.table.note(
      fmt::format("  in turns, for each visible block of {} queries and {} keys:", size.queries, size.keys));
  for (size_t i = 0; i != windows.size(); ++i)
    bench.table.note(fmt::format("  {:5} keys: {:.2f} us", windows[i]->width, 1e6 / rates[i]));
  bench.table.ratio("attention windows: the slowest block to the quickest",
                    std::ranges::max(rates) / std::ranges::min(rates), 1.2, true);
}

/// The newest token of a text: all keys and values are read once.
void newest(Bench &bench) {
  constexpr int64_t T = 32768, H = 12;
  std::string name = fmt::format("attention of one query, T={} H={} f32", T, H);
  if (!bench.table.wants(name))
    return;
  Result<Compiled> model =
      Compiled::make({HEED_BENCH "/attention.heed", fmt::format("Attention({}, {})", H, E), "f32", bench.cpu});
  if (!model)
    return bench.table.broken(name, model.error().text);
  runtime::Cpu one(1);
  Call call(*model, "newest", {1, 1, T});
  double bytes = double(2 * T * H * E) * sizeof(float);
  std::vector<float> both = call.input(1), values = call.input(2);
  both.insert(both.end(), values.begin(), values.end());
  Contender contenders[] = {{[&] { call.run(one); }, bytes},
                            readLimit(reinterpret_cast<const std::byte *>(both.data()), size_t(bytes), 1)};
  std::vector<double> rates = medianRates(contenders, Clock::Core);
  bench.table.row(name, rates[0], gigabytes, "reading, one core", rates[1], 0.85);
}

} // namespace

void attention(Bench &bench) {
  bench.table.heading("attention: 64 numbers a head; GFLOP/s count visible pairs alone");
  causal(bench, "f32");
  causal(bench, "bf16");
  sliding(bench);
  newest(bench);
}

} // namespace heed::bench
