// config.json, and the folder that holds it.
#include "Files.h"

#include "runtime/load/Checkpoint.h"
#include "runtime/load/ShardIndex.h"

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
  CHECK(config.at("list.count") == ConfigValue{int64_t(3)});
  CHECK(config.at("rope_scaling.count") == ConfigValue{int64_t(2)});
  CHECK(config.at("empty.count") == ConfigValue{int64_t(0)});
  CHECK_FALSE(config.contains("count"));
  CHECK(parseConfig("c.json", R"({"a": {"count": 5}})")->at("a.count") == ConfigValue{int64_t(5)});
}

TEST_CASE("malformed config.json") {
  CHECK(refusal("").starts_with("c.json: malformed JSON at byte 1: "));
  CHECK(refusal("{").starts_with("c.json: malformed JSON at byte 2: "));
  CHECK(refusal("{\"a\": NaN}").starts_with("c.json: malformed JSON at byte "));
  CHECK(refusal("{\"a\": 1e999}").starts_with("c.json: malformed JSON at byte "));
  CHECK(refusal("[1]") == "c.json: the outermost value is an array, an object was expected");
  CHECK(refusal("3") == "c.json: the outermost value is 3, an object was expected");
  CHECK(refusal(R"({"a": 1, "a": 2})") == "c.json: the key `a` occurs twice in one object");
  CHECK(refusal(R"({"a.b": 1, "a": {"b": 2}})") ==
        "c.json: the key `a.b` occurs twice, once as names joined by points");
  CHECK(refusal("{\"a\": " + std::string(1000, '[')) == "c.json: nested more than 32 deep");
  CHECK(refusal(std::string((16 << 20) + 1, ' ')) == "c.json: is 16777217 bytes long; at most 16777216 are read");
}

TEST_CASE("a folder is its config.json and model.safetensors") {
  Folder folder;
  CHECK(errorOf(Checkpoint::open(folder(""))) ==
        folder("") + ": is a folder without config.json, so it is no checkpoint");
  folder("config.json", R"({"architectures": ["GPT2LMHeadModel"], "n_layer": 2})");
  CHECK(errorOf(Checkpoint::open(folder(""))) ==
        folder("") + ": holds neither model.safetensors nor model.safetensors.index.json");
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

TEST_CASE("a folder of several files is what its index says") {
  Folder folder;
  folder("config.json", R"({"architectures": ["A"]})");
  std::vector<float> a = {1}, b = {2};
  REQUIRE(writeSafeTensors(folder("1.safetensors"), std::vector{stored("z", ElementType::F32, {1}, a)}));
  REQUIRE(writeSafeTensors(folder("2.safetensors"),
                           std::vector{stored("b", ElementType::F32, {1}, b), stored("c", ElementType::F32, {1}, b)}));
  auto indexed = [&](std::string_view map) {
    folder("model.safetensors.index.json",
           fmt::format(R"({{"metadata": {{"total_size": 12}}, "weight_map": {}}})", map));
    return Checkpoint::open(folder(""));
  };
  Result<Checkpoint> read = indexed(R"({"z": "1.safetensors", "b": "2.safetensors", "c": "2.safetensors"})");
  REQUIRE(read);
  REQUIRE(read->tensors().size() == 3);
  CHECK(read->tensors()[0].name == "b");
  CHECK(*reinterpret_cast<const float *>(read->find("z")->tensor.data) == 1);
  CHECK(errorOf(indexed(R"({"z": "1.safetensors", "b": "2.safetensors"})")).find("2.safetensors: holds `c`, which ") !=
        std::string::npos);
  CHECK(errorOf(indexed(R"({"z": "1.safetensors", "y": "1.safetensors"})")).find("1.safetensors: lacks `y`, which ") !=
        std::string::npos);
  CHECK(errorOf(indexed(R"({"z": "3.safetensors"})")).find("3.safetensors: can't be opened") != std::string::npos);
}

TEST_CASE("malformed indices, and those that lead out of their folder") {
  auto refused = [](std::string_view text) { return errorOf(parseShardIndex("i.json", text)); };
  CHECK(refused("") == errorOf(parseConfig("i.json", "")));
  CHECK(refused("[]") == "i.json: the outermost value is an array, an object was expected");
  CHECK(refused("{}") == "i.json: the key `weight_map` is missing, which says what file holds each tensor");
  CHECK(refused(R"({"weight_map": 3})") == "i.json: `weight_map` is 3, an object was expected");
  CHECK(refused(R"({"weight_map": {"a": null}})") == "i.json: `weight_map`: `a` is null, a file's name was expected");
  CHECK(refused(R"({"weight_map": {"a": {}}})") ==
        "i.json: `weight_map`: `a` is an object, a file's name was expected");
  CHECK(refused(R"({"weight_map": {"a": "x.safetensors", "a": "y.safetensors"}})") ==
        "i.json: the key `a` occurs twice in one object");
  for (std::string file : {"../x.safetensors", "/etc/x.safetensors", "a/x.safetensors", ".x.safetensors", "passwd", ""})
    CHECK(
        refused(fmt::format(R"({{"weight_map": {{"a": "{}"}}}})", file)) ==
        fmt::format("i.json: `weight_map`: `a` is in `{}`, which is not the name of a .safetensors file in this folder",
                    file));
}
