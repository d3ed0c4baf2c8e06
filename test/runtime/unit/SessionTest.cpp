// The interface for programs in C: what it gives, what it refuses and in which words, several threads on one session.
#include "runtime/embed/heed_session.h"

#include "test/runtime/unit/StoriesModel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using Session = std::unique_ptr<heed_session, decltype(&heed_close)>;
using Results = std::unique_ptr<heed_results, decltype(&heed_free)>;

const char *const weights = HEED_EXAMPLES "/stories/stories260K.bin";

Session open(int threads = 1) {
  heed_options options{weights, threads, 0};
  return {heed_open(heed_stories(), &options), heed_close};
}

Results run(const Session &session, const std::vector<int32_t> &ids) {
  int64_t shape[] = {1, int64_t(ids.size())};
  heed_array tokens{"tokens", HEED_I32, 2, shape, ids.data()};
  return {heed_run(session.get(), "forward", &tokens, 1), heed_free};
}

int best(const Results &results) {
  const heed_array *logits = heed_result(results.get(), "logits");
  const float *last = static_cast<const float *>(logits->data) + (logits->shape[1] - 1) * logits->shape[2];
  return int(std::max_element(last, last + logits->shape[2]) - last);
}

/// What a run of one array is refused for.
std::string refusal(const Session &session, heed_array array, const char *entry = "forward") {
  Results results(heed_run(session.get(), entry, &array, 1), heed_free);
  return results ? "" : heed_error();
}

} // namespace

TEST_CASE("a session runs an entry, and results outlive it") {
  Session session = open();
  REQUIRE(session);
  Results results = run(session, {1});
  REQUIRE(results);
  session.reset();
  const heed_array *logits = heed_result(results.get(), "logits");
  CHECK(logits->type == HEED_F32);
  CHECK(std::vector<int64_t>(logits->shape, logits->shape + logits->rank) == std::vector<int64_t>{1, 1, 512});
  CHECK(best(results) == 403);
  CHECK(heed_result(results.get(), "hidden") == nullptr);
}

TEST_CASE("threads share a session, each with the message of its own mistake") {
  Session session = open(2);
  REQUIRE(session);
  std::vector<std::thread> threads;
  std::vector<int> found(4);
  std::vector<std::string> said(4);
  for (int n = 0; n != 4; ++n)
    threads.emplace_back([&, n] {
      for (int turn = 0; turn != 3; ++turn)
        found[n] = best(run(session, {1, 403}));
      said[n] = run(session, {600 + n}) ? "" : heed_error();
    });
  for (std::thread &thread : threads)
    thread.join();
  for (int n = 0; n != 4; ++n) {
    CHECK(found[n] == 407);
    CHECK(said[n].find("index " + std::to_string(600 + n)) != std::string::npos);
  }
}

TEST_CASE("what is wrong is told, and nothing is given") {
  CHECK(heed_open(nullptr, nullptr) == nullptr);
  CHECK(std::string(heed_error()) == "there is no model to open");
  heed_options many{nullptr, 5000, 0};
  CHECK(heed_open(heed_stories(), &many) == nullptr);
  CHECK(std::string(heed_error()) == "a session has 1 to 4096 threads, or 0 for one a core, not 5000");
  heed_options nowhere{"nowhere.bin", 1, 0};
  CHECK(heed_open(heed_stories(), &nowhere) == nullptr);
  CHECK(std::string(heed_error()).find("nowhere.bin: ") == 0);

  Session session = open();
  REQUIRE(session);
  int64_t shape[] = {1, 1}, negative[] = {-1, 1};
  int32_t id = 1;
  CHECK(refusal(session, {"tokens", HEED_I32, 2, shape, &id}, "backward") ==
        "the model `Stories` has no entry `backward`; it has `forward`");
  CHECK(refusal(session, {"ids", HEED_I32, 2, shape, &id}).find("`ids` is no input of `forward(tokens: i32 [B, T])") ==
        0);
  CHECK(refusal(session, {nullptr, HEED_I32, 2, shape, &id}).find("an array without a name is no input") == 0);
  CHECK(refusal(session, {"tokens", 99, 2, shape, &id}) == "`tokens` has the type 99, which is no heed_type");
  CHECK(refusal(session, {"tokens", HEED_I32, 2, nullptr, &id}) == "`tokens` has the rank 2, and no shape for it");
  CHECK(refusal(session, {"tokens", HEED_I32, 2, negative, &id}) == "`tokens` has the shape [-1, 1], which is none");
  CHECK(refusal(session, {"tokens", HEED_I32, 2, shape, nullptr}) == "`tokens` has no data");
  CHECK(refusal(session, {"tokens", HEED_F32, 2, shape, &id}).find("integers and floats do not convert") !=
        std::string::npos);
  CHECK(heed_run(nullptr, "forward", nullptr, 0) == nullptr);
  CHECK(heed_run(session.get(), nullptr, nullptr, 0) == nullptr);
  CHECK(heed_run(session.get(), "forward", nullptr, 0) == nullptr);
  CHECK(heed_result(nullptr, "logits") == nullptr);
  heed_close(nullptr);
  heed_free(nullptr);
}
