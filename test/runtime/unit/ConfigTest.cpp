// config.json, and the folder that holds it.
#include "Files.h"

#include "runtime/load/Checkpoint.h"

#include <doctest/doctest.h>

using namespace heed::runtime;

namespace {
std::string refusal(std::string_view text) { return errorOf(parseConfig("c.json", text)); }
} // namespace

TEST_CASE("values of every kind, objects flattened") {
  Result<Config> read =
      parseConfig("c.json", R"({"n": 12, "eps": 1e-5, "one": 1.0, "tied": true, "act": "gelu", "none": null,
    "list": [1, [2.5, "x"], {"in": 3}], "rope_scaling": {"factor": 8.0, "low": {"freq": 1}}, "big": 18446744073709551615, "empty": {}})");
  REQUIRE(read);
  const Config &config = *read;
  CHECK(config.at("n") == ConfigValue{int64_t(12)});
  CHECK(config.at("eps") == ConfigValue{1e-5});
  CHECK(config.at("one") == ConfigValue{1.0});
  CHECK(config.at("tied") == ConfigValue{true});
  CHECK(config.at("act") == ConfigValue{std::string("gelu")});
  CHECK(config.at("none") == ConfigValue{});
  CHECK(config.at("rope_scaling.factor") == ConfigValue{8.0});
  CHECK(config.at("rope_scaling.low.freq") == ConfigValue{int64_t(1)});
  CHECK(config.at("list.2.in") == ConfigValue{int64_t(3)});
  CHECK(config.at("big") == ConfigValue{18446744073709551615.0});
  auto &list = std::get<ConfigValue::List>(config.at("list").value);
  CHECK(list.size() == 3);
  CHECK(std::get<ConfigValue::List>(list[1].value)[0] == ConfigValue{2.5});
  CHECK_FALSE(config.contains("rope_scaling"));
}

TEST_CASE("malformed config.json") {
  CHECK(refusal("").starts_with("c.json: malformed JSON at byte 1: "));
  CHECK(refusal("{").starts_with("c.json: malformed JSON at byte 2: "));
  CHECK(refusal("{\"a\": NaN}").starts_with("c.json: malformed JSON at byte "));
  CHECK(refusal("{\"a\": 1e999}").starts_with("c.json: malformed JSON at byte "));
  CHECK(refusal("[1]") == "c.json: an object was expected as the outermost value");
  CHECK(refusal("3") == "c.json: an object was expected as the outermost value");
  CHECK(refusal(R"({"a": 1, "a": 2})") == "c.json: the key `a` occurs twice in one object");
  CHECK(refusal(R"({"a.b": 1, "a": {"b": 2}})") ==
        "c.json: the key `a.b` occurs twice, once as names joined by points");
  CHECK(refusal("{\"a\": " + std::string(1000, '[')) == "c.json: nested more than 32 deep");
  CHECK(refusal(std::string((16 << 20) + 1, ' ')) == "c.json: is 16777217 bytes long; at most 16777216 are read");
}

TEST_CASE("a folder is its config.json and model.safetensors") {
  Folder folder;
  CHECK(errorOf(Checkpoint::open(folder(""))) ==
        folder("") + "/config.json: can't be opened: No such file or directory");
  folder("config.json", R"({"architectures": ["GPT2LMHeadModel"], "n_layer": 2})");
  CHECK(errorOf(Checkpoint::open(folder(""))) ==
        folder("") + "/model.safetensors: can't be opened: No such file or directory");
  std::vector<float> a = {1};
  REQUIRE(writeSafeTensors(folder("model.safetensors"), std::vector{stored("a", ElementType::F32, {1}, a)}));
  Result<Checkpoint> read = Checkpoint::open(folder(""));
  REQUIRE(read);
  CHECK(read->architecture() == "GPT2LMHeadModel");
  CHECK(read->path() == folder(""));
  CHECK(read->find("a"));
  folder("config.json", R"({"architectures": "GPT2"})");
  CHECK(Checkpoint::open(folder(""))->architecture().empty());
}
