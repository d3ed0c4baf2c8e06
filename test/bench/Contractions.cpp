// The 15 shapes: M tokens, and the matrices of models 768, 2048 and 4096 wide.
#include "Bench.h"
#include "Limits.h"
#include "Peers.h"

#include <functional>

namespace heed::bench {
namespace {

struct Shape {
  int64_t M, N, K;
};

const char *const precisions[] = {"f32", "bf16"};

/// Ratios of all shapes, by the name of their mean.
using Ratios = std::map<std::string, std::vector<double>>;

/// Both precisions' models for one matrix.
struct Layer {
  std::map<std::string, Compiled> models;
  std::map<std::string, std::vector<float>> weights, biases;
};

Result<Layer> layerOf(const Bench &bench, int64_t N, int64_t K) {
  Layer layer;
  for (std::string precision : precisions) {
    Result<Compiled> made =
        Compiled::make({HEED_BENCH "/product.heed", fmt::format("Product({}, {})", K, N), precision, bench.cpu});
    if (!made)
      return made.error();
    layer.weights[precision] = made->stored("layer.weight");
    layer.biases[precision] = made->stored("layer.bias");
    layer.models.emplace(precision, std::move(*made));
  }
  return layer;
}

/// Everything that takes part at one shape, by name: "ours f32 fused".
class Field {
public:
  Field(const Layer &layer, Shape shape) : shape(shape), work(2.0 * double(shape.M * shape.N * shape.K)) {
    for (std::string precision : precisions) {
      for (std::string entry : {"bare", "fused"}) {
        auto call = std::make_shared<Call>(layer.models.at(precision), entry, std::vector<int64_t>{shape.M});
        add(fmt::format("ours {} {}", precision, entry), [this, call] { call->run(one); });
        calls[precision + " " + entry] = call;
      }
      addPacked(layer, precision);
    }
    auto a = std::make_shared<std::vector<float>>(calls["f32 bare"]->input(0));
    const std::vector<float> &weights = layer.weights.at("f32");
    product.resize(size_t(shape.M * shape.N));
    add("OpenBLAS bare", [this, a, &weights, shape] {
      blasProduct({shape.M, shape.N, shape.K, a->data(), shape.K, weights.data(), shape.N, product.data(), shape.N});
    });
    contenders.push_back(fmaLimit(layer.models.at("f32").wide()));
    names.push_back("FMA limit");
  }

  /// Each of our results against OpenBLAS in f32, on the same rounded inputs.
  bool right(const Layer &layer, Table &table, std::string_view name) {
    bool all = true;
    for (std::string precision : precisions) {
      std::vector<float> a = calls[precision + " bare"]->input(0), expected(size_t(shape.M * shape.N));
      blasProduct({shape.M, shape.N, shape.K, a.data(), shape.K, layer.weights.at(precision).data(), shape.N,
                   expected.data(), shape.N});
      for (std::string entry : {"bare", "fused"}) {
        if (entry == "fused")
          biasAndGelu(expected.data(), layer.biases.at(precision).data(), shape.M, shape.N);
        Call &call = *calls[precision + " " + entry];
        call.run(one);
        all &= table.agree(fmt::format("{} {} {}", name, precision, entry), call.output(0), expected,
                           toleranceOf(precision));
      }
    }
    return all;
  }

  std::map<std::string, double> measured() const {
    std::vector<double> rates = medianRates(contenders, Clock::Core, 6);
    std::map<std::string, double> byName;
    for (size_t i = 0; i != rates.size(); ++i)
      byName[names[i]] = rates[i];
    return byName;
  }

  Call &call(const std::string &name) { return *calls[name]; }
  double flop() const { return work; }

private:
  void add(std::string name, std::function<void()> run) {
    names.push_back(std::move(name));
    contenders.push_back({std::move(run), work});
  }
  void addPacked(const Layer &layer, const std::string &precision) {
    auto type = precision == "f32" ? PackedProduct::Type::F32 : PackedProduct::Type::BF16;
    std::vector<float> a = calls[precision + " bare"]->input(0);
    const std::vector<float> &weights = layer.weights.at(precision);
    auto bare = std::make_shared<PackedProduct>(type, shape.M, shape.N, shape.K, a, weights);
    auto fused =
        std::make_shared<PackedProduct>(type, shape.M, shape.N, shape.K, a, weights, layer.biases.at(precision));
    add(fmt::format("oneDNN {} bare", precision), [bare] { bare->run(); });
    add(fmt::format("oneDNN {} fused", precision), [fused] { fused->run(); });
  }

  Shape shape;
  double work;
  runtime::Cpu one{1};
  std::map<std::string, std::shared_ptr<Call>> calls;
  std::vector<float> product;
  std::vector<std::string> names;
  std::vector<Contender> contenders;
};

/// The rows of one shape. What the issue asks for at 512x3072x768 has a target there.
void rowsOf(Bench &bench, const std::string &name, std::map<std::string, double> rates, bool central, Ratios &ratios) {
  struct Pair {
    const char *ours, *theirs;
    double target;
  };
  const Pair pairs[] = {
      {"f32 bare", "OpenBLAS bare", 0},
      {"f32 bare", "oneDNN f32 bare", 0},
      {"f32 fused", "OpenBLAS bare", central ? 1.0 : 0},
      {"f32 fused", "oneDNN f32 fused", 0},
      {"f32 fused", "FMA limit", central ? 0.65 : 0},
      {"bf16 bare", "oneDNN bf16 bare", 0},
      {"bf16 fused", "oneDNN bf16 fused", 0},
      {"bf16 bare", "ours f32 bare", 1.0},
      {"bf16 fused", "ours f32 fused", 1.0},
  };
  for (const Pair &pair : pairs) {
    double ratio = bench.table.row(fmt::format("{} {}", name, pair.ours), rates[fmt::format("ours {}", pair.ours)],
                                   gflops, pair.theirs, rates[pair.theirs], pair.target);
    ratios[fmt::format("{} to {}", pair.ours, pair.theirs)].push_back(ratio);
  }
}

bool hasTiles() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("amx-bf16");
}

} // namespace

void contractions(Bench &bench) {
  const Shape matrices[] = {{0, 768, 768}, {0, 3072, 768}, {0, 768, 3072}, {0, 2048, 2048}, {0, 4096, 4096}};
  Ratios ratios;
  for (const Shape &matrix : matrices) {
    std::optional<Layer> layer;
    for (int64_t M : {128, 512, 2048}) {
      Shape shape{M, matrix.N, matrix.K};
      std::string name = fmt::format("contraction {}x{}x{}", M, shape.N, shape.K);
      if (!bench.table.wants(name))
        continue;
      if (!layer) {
        Result<Layer> made = layerOf(bench, shape.N, shape.K);
        if (!made) {
          bench.table.broken(name, made.error().text);
          return;
        }
        layer.emplace(std::move(*made));
      }
      bool central = M == 512 && shape.N == 3072;
      Field field(*layer, shape);
      bench.table.heading(name + ": bare, and fused with bias and GELU");
      if (!field.right(*layer, bench.table, name))
        continue;
      rowsOf(bench, name, field.measured(), central, ratios);
      if (central)
        twoCores(bench, name + " f32 fused", field.call("f32 fused"), field.flop(), gflops);
    }
  }
  if (ratios.empty())
    return;
  bench.table.heading("contractions: geometric means over these shapes");
  for (const auto &[name, values] : ratios)
    bench.table.ratio(fmt::format("contraction {}, {} shapes", name, values.size()), geometricMean(values),
                      hasTiles() && name == "bf16 bare to oneDNN bf16 bare" ? 1.2 : 0);
}

} // namespace heed::bench
