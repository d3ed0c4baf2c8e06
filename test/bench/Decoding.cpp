// Eight matrices of 4096 x 4096, one row at a time: 512 MiB of f32 that no cache keeps.
#include "Bench.h"
#include "Limits.h"
#include "Peers.h"

namespace heed::bench {
namespace {

constexpr int64_t width = 4096, depth = 8;

/// The same by OpenBLAS: matrix after matrix, in f32.
class Chain {
public:
  Chain(const Compiled &model, const Call &call) : x(call.input(0)), y(x.size()) {
    for (int64_t l = 0; l != depth; ++l)
      matrices.push_back(model.stored(fmt::format("layers.{}.weight", l)));
  }

  void run() {
    std::vector<float> row = x;
    for (const std::vector<float> &matrix : matrices) {
      blasProduct({1, width, width, row.data(), width, matrix.data(), width, y.data(), width});
      row.swap(y);
    }
    y = row;
  }
  std::span<const float> result() const { return y; }

private:
  std::vector<float> x, y;
  std::vector<std::vector<float>> matrices;
};

} // namespace

void decoding(Bench &bench) {
  bench.table.heading("decoding: bytes of weights a second");
  for (std::string precision : {"f32", "bf16"}) {
    std::string name = fmt::format("decoding M=1 {}x{}x{} {}", depth, width, width, precision);
    if (!bench.table.wants(name))
      continue;
    Result<Compiled> model =
        Compiled::make({HEED_BENCH "/decode.heed", fmt::format("Decode({}, {})", width, depth), precision, bench.cpu});
    if (!model)
      return bench.table.broken(name, model.error().text);
    runtime::Cpu one(1);
    Call call(*model, "forward", {1});
    Chain peer(*model, call);
    call.run(one);
    peer.run();
    if (!bench.table.agree(name, call.output(0), peer.result(), toleranceOf(precision)))
      continue;

    double bytes = double(model->weightsBytes());
    Contender contenders[] = {{[&] { call.run(one); }, bytes},
                              readLimit(model->weights(), model->weightsBytes(), 1),
                              {[&] { peer.run(); }, double(width * width * depth * 4)}};
    std::vector<double> rates = medianRates(contenders, Clock::Core);
    bench.table.row(name, rates[0], gigabytes, "reading, one core", rates[1], 0.85);
    bench.table.row(name, rates[0], gigabytes, "OpenBLAS f32", rates[2]);
    if (runtime::availableCores() < 2)
      continue;
    runtime::Cpu two(2);
    Contender both[] = {{[&] { call.run(two); }, bytes}, readLimit(model->weights(), model->weightsBytes(), 2)};
    rates = medianRates(both, Clock::Wall);
    bench.table.row(name + " on two cores", rates[0], gigabytes, "reading, two cores", rates[1], 0.85);
  }
}

} // namespace heed::bench
