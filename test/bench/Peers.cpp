// Calls of the two libraries.
#include "Peers.h"

#define DNNL_ENABLE_EXCEPTIONS 0
#include <cblas-openblas.h>
#include <oneapi/dnnl/dnnl.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

namespace heed::bench {

// Debian's OpenBLAS takes a processor that is younger than itself for a Prescott, of 2004; that would be no peer. It
// reads the variable when it is loaded.
void prepareThem(char **words) {
  constexpr const char *variable = "OPENBLAS_CORETYPE";
  __builtin_cpu_init();
  const char *core = __builtin_cpu_supports("avx512vl") ? "SkylakeX" : "Haswell";
  if (!std::getenv(variable) && __builtin_cpu_supports("avx2") && openblas_get_corename() == std::string("Prescott")) {
    setenv(variable, core, 1);
    execv("/proc/self/exe", words);
  }
  openblas_set_num_threads(1);
  // oneDNN takes its threads from OpenMP, which it alone links with.
  if (auto set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads")))
    set(1);
}

const char *peersText() {
  static const std::string text = [] {
    const dnnl_version_t *version = dnnl_version();
    return fmt::format("{}; oneDNN {}.{}.{}", openblas_get_config(), version->major, version->minor, version->patch);
  }();
  return text.c_str();
}

void blasProduct(const Matrices &m) {
  if (m.M == 1 && !m.transposed) {
    cblas_sgemv(CblasRowMajor, CblasTrans, blasint(m.K), blasint(m.N), m.scale, m.b, blasint(m.ldb), m.a, 1, 0, m.c, 1);
    return;
  }
  cblas_sgemm(CblasRowMajor, CblasNoTrans, m.transposed ? CblasTrans : CblasNoTrans, blasint(m.M), blasint(m.N),
              blasint(m.K), m.scale, m.a, blasint(m.lda), m.b, blasint(m.ldb), 0, m.c, blasint(m.ldc));
}

struct PackedProduct::Parts {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::matmul product;
  std::unordered_map<int, dnnl::memory> memories;

  /// Rounded to the type and laid out as the product wants it.
  dnnl::memory filled(const dnnl::memory::desc &wanted, const dnnl::memory::dims &dims, std::span<const float> values) {
    dnnl::memory::desc plain(dims, dnnl::memory::data_type::f32, dnnl::memory::format_tag::ab);
    dnnl::memory from(plain, engine, const_cast<float *>(values.data())), to(wanted, engine);
    dnnl::reorder(from, to).execute(stream, from, to);
    stream.wait();
    return to;
  }
};

PackedProduct::PackedProduct(Type type, int64_t M, int64_t N, int64_t K, std::span<const float> a,
                             std::span<const float> weights, std::span<const float> bias)
    : parts(std::make_unique<Parts>()) {
  using memory = dnnl::memory;
  auto element = type == Type::F32 ? memory::data_type::f32 : memory::data_type::bf16;
  memory::desc left({M, K}, element, memory::format_tag::ab), right({K, N}, element, memory::format_tag::any),
      biases({1, N}, memory::data_type::f32, memory::format_tag::ab), result({M, N}, element, memory::format_tag::ab);
  dnnl::primitive_attr attributes;
  if (!bias.empty()) {
    dnnl::post_ops after;
    after.append_eltwise(1.0f, dnnl::algorithm::eltwise_gelu_tanh, 0.0f, 0.0f);
    attributes.set_post_ops(after);
  }
  dnnl::matmul::desc described =
      bias.empty() ? dnnl::matmul::desc(left, right, result) : dnnl::matmul::desc(left, right, biases, result);
  dnnl::matmul::primitive_desc chosen(described, attributes, parts->engine);
  parts->product = dnnl::matmul(chosen);
  parts->memories = {{DNNL_ARG_SRC, parts->filled(chosen.src_desc(), {M, K}, a)},
                     {DNNL_ARG_WEIGHTS, parts->filled(chosen.weights_desc(), {K, N}, weights)},
                     {DNNL_ARG_DST, memory(chosen.dst_desc(), parts->engine)}};
  if (!bias.empty())
    parts->memories.insert({DNNL_ARG_BIAS, parts->filled(biases, {1, N}, bias)});
}

PackedProduct::PackedProduct(PackedProduct &&) noexcept = default;
PackedProduct::~PackedProduct() = default;

void PackedProduct::run() {
  parts->product.execute(parts->stream, parts->memories);
  parts->stream.wait();
}

} // namespace heed::bench
