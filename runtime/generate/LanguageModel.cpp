// Finds the input that carries ids, and runs `forward` on a growing sequence.
#include "runtime/generate/LanguageModel.h"

#include "runtime/device/EntrySizes.h"
#include "runtime/device/PrepareInputs.h"

#include <algorithm>
#include <string_view>

namespace heed::runtime {
namespace {

/// Of the entry's variants, the one that takes least: ids, where that is enough.
const heed_entry *findEntry(const heed_model &model, std::string_view name) {
  const heed_entry *least = nullptr;
  for (const heed_entry &entry : std::span(model.entries, size_t(model.entry_count)))
    if (entry.name == name && (!least || entry.input_count < least->input_count))
      least = &entry;
  return least;
}

/// i32 [B, T] where T is the stream and B another size.
bool carriesIds(const heed_entry &entry, const heed_tensor &input) {
  return input.type == HEED_I32 && input.rank == 2 && entry.stream >= 0 && input.axes[1].binds == entry.stream &&
         input.axes[0].binds != entry.stream;
}

std::vector<std::optional<TensorView>> only(const heed_entry &entry, int32_t input, std::span<const int32_t> sequence) {
  std::vector<std::optional<TensorView>> given(size_t(entry.input_count));
  given[input] =
      TensorView{ElementType::I32, {1, int64_t(sequence.size())}, reinterpret_cast<const std::byte *>(sequence.data())};
  return given;
}

} // namespace

Result<LanguageModel> LanguageModel::make(const heed_model &model, const void *weights, Cpu &cpu, uint64_t seed) {
  const heed_entry *entry = findEntry(model, "forward");
  if (!entry)
    return failure("the model `{}` has no entry `forward`, so it can't generate", model.name);
  LanguageModel language(*entry, weights, cpu, seed);
  auto *begin = entry->inputs, *end = begin + entry->input_count;
  auto *input = std::find_if(begin, end, [&](const heed_tensor &input) { return carriesIds(*entry, input); });
  if (input == end || entry->output_count == 0 || entry->outputs[0].rank != 3 ||
      !isFloat(ElementType(entry->outputs[0].type)))
    return failure(
        "generating needs an entry that takes ids i32 [B, stream T] and gives scores [B, T, V] first; `{}` has {}",
        model.name, textOf(*entry));
  language.idInput = int32_t(input - begin);

  // What else the entry wants and what V is shows with a sequence of one.
  int32_t anyId = 0;
  Result<PreparedInputs> one = prepareInputs(*entry, only(*entry, language.idInput, {&anyId, 1}));
  if (!one)
    return one.error();
  language.ids = shapeOf(entry->outputs[0], one->sizes).back();
  if (language.ids < 1)
    return failure("the entry `forward` gives {} scores for each id", language.ids);
  return language;
}

Result<std::span<const float>> LanguageModel::scoresAfter(std::span<const int32_t> sequence) {
  Result<PreparedInputs> inputs = prepareInputs(*entry, only(*entry, idInput, sequence));
  if (!inputs)
    return inputs.error();
  Result<std::vector<Tensor>> results = allocateResults(*entry, inputs->sizes);
  if (!results)
    return results.error();
  std::vector<void *> pointers = pointersOf(*results);
  CpuCall call{*entry, inputs->sizes, inputs->pointers, pointers, weights, seed};
  if (Result<void> ran = cpu->run(call, workspace); !ran)
    return ran.error();

  const Tensor &all = results->front(); // (1, T, V)
  scores.resize(size_t(ids));
  const std::byte *last = all.data() + all.view().bytes() - size_t(ids * bytesOf(all.type()));
  convert(all.type(), last, ElementType::F32, reinterpret_cast<std::byte *>(scores.data()), ids);
  return std::span<const float>(scores);
}

} // namespace heed::runtime
