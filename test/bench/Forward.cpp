// GPT-2 with 124M parameters (Radford et al., 2019), random weights; its peer is the same model written with OpenBLAS.
#include "Bench.h"
#include "Limits.h"
#include "Peers.h"

#include <cstring>

namespace heed::bench {
namespace {

constexpr int64_t width = 768, depth = 12, heads = 12, hidden = 4 * width, vocabulary = 50257;

double flopOf(int64_t T) {
  double products = 2.0 * double(T) * double(12 * depth * width * width + vocabulary * width);
  return products + 4.0 * double(depth * width) * double(T) * double(T + 1) / 2;
}

class Gpt2 {
public:
  Gpt2(const Compiled &model, const int32_t *tokens, int64_t T)
      : T(T), tokens(tokens), wte(model.stored("transformer.wte.weight")), wpe(model.stored("transformer.wpe.weight")),
        final(model, "transformer.ln_f"), x(size_t(T * width)), normed(x), mixed(x), wide(size_t(T * hidden)),
        scores(size_t(T * T)), logits(size_t(T * vocabulary)) {
    for (int64_t l = 0; l != depth; ++l)
      layers.emplace_back(model, fmt::format("transformer.h.{}", l));
  }

  void run() {
    for (int64_t t = 0; t != T; ++t)
      for (int64_t d = 0; d != width; ++d)
        x[size_t(t * width + d)] = wte[size_t(tokens[t] * width + d)] + wpe[size_t(t * width + d)];
    for (const Layer &layer : layers) {
      norm(layer.before);
      linear(layer.qkv, normed, 3 * width, wide);
      unfusedAttention({T, heads, width / heads, wide.data(), wide.data() + width, wide.data() + 2 * width, 3 * width,
                        normed.data(), width, scores.data()});
      linear(layer.out, normed, width, mixed);
      add();
      norm(layer.between);
      product(layer.up.weight, normed, hidden, wide);
      biasAndGelu(wide.data(), layer.up.bias.data(), T, hidden);
      linear(layer.down, wide, width, mixed);
      add();
    }
    norm(final);
    blasProduct({T, vocabulary, width, normed.data(), width, wte.data(), width, logits.data(), vocabulary, true});
  }
  std::span<const float> result() const { return logits; }

private:
  struct Pair {
    std::vector<float> weight, bias;
    Pair(const Compiled &model, const std::string &name)
        : weight(model.stored(name + ".weight")), bias(model.stored(name + ".bias")) {}
  };
  struct Layer {
    Pair before, qkv, out, between, up, down;
    Layer(const Compiled &model, const std::string &name)
        : before(model, name + ".ln_1"), qkv(model, name + ".attn.c_attn"), out(model, name + ".attn.c_proj"),
          between(model, name + ".ln_2"), up(model, name + ".mlp.c_fc"), down(model, name + ".mlp.c_proj") {}
  };

  void norm(const Pair &weights) {
    layerNorm(x.data(), weights.weight.data(), weights.bias.data(), normed.data(), T, width);
  }
  void product(const std::vector<float> &weight, const std::vector<float> &from, int64_t N, std::vector<float> &to) {
    int64_t K = int64_t(weight.size()) / N;
    blasProduct({T, N, K, from.data(), K, weight.data(), N, to.data(), N});
  }
  void linear(const Pair &weights, const std::vector<float> &from, int64_t N, std::vector<float> &to) {
    product(weights.weight, from, N, to);
    for (int64_t t = 0; t != T; ++t)
      for (int64_t d = 0; d != N; ++d)
        to[size_t(t * N + d)] += weights.bias[size_t(d)];
  }
  void add() {
    for (size_t i = 0; i != x.size(); ++i)
      x[i] += mixed[i];
  }

  int64_t T;
  const int32_t *tokens;
  std::vector<float> wte, wpe;
  Pair final;
  std::vector<Layer> layers;
  std::vector<float> x, normed, mixed, wide, scores, logits;
};

std::string sharesOf(const std::map<std::string, double> &seconds) {
  double all = 0;
  for (const auto &[kind, spent] : seconds)
    all += spent;
  std::string text;
  for (const auto &[kind, spent] : seconds)
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", kind, 100 * spent / all);
  return text;
}

void oneLength(Bench &bench, const Compiled &model, int64_t T, const std::string &name) {
  runtime::Cpu one(1);
  Call call(model, "forward", {1, T});
  Gpt2 peer(model, call.integers(0), T);
  call.run(one);
  peer.run();
  if (!bench.table.agree(name, call.output(0), peer.result(), toleranceOf("f32")))
    return;
  double work = flopOf(T);
  Contender contenders[] = {{[&] { call.run(one); }, work},
                            {[&] { peer.run(); }, work},
                            fmaLimit(model.wide()),
                            readLimit(model.weights(), model.weightsBytes(), 1)};
  std::vector<double> rates = medianRates(contenders, Clock::Core, 6);
  double seconds = work / rates[0];
  bench.table.row(name, double(T) / seconds, tokens, "written with OpenBLAS", double(T) / (work / rates[1]));
  if (T == 1)
    bench.table.row(name, double(model.weightsBytes()) / seconds, gigabytes, "reading, one core", rates[3]);
  else
    bench.table.row(name, rates[0], gflops, "FMA limit", rates[2]);
  bench.table.note("  time by kind of kernel: " + sharesOf(call.profile()));
  twoCores(bench, name, call, double(T), tokens);
}

} // namespace

void forward(Bench &bench) {
  bench.table.heading("forward: logits of all positions");
  std::optional<Compiled> model;
  for (int64_t T : {1, 128, 1024}) {
    std::string name = fmt::format("forward GPT-2 124M B=1 T={} f32", T);
    if (!bench.table.wants(name))
      continue;
    if (!model) {
      Result<Compiled> made = Compiled::make({HEED_PROGRAMS "/gpt.heed", "GPT2()", "f32", bench.cpu});
      if (!made)
        return bench.table.broken(name, made.error().text);
      model.emplace(std::move(*made));
    }
    oneLength(bench, *model, T, name);
  }
}

} // namespace heed::bench
