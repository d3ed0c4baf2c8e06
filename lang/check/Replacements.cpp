// `GPT2() with {"h.*.attn.qkv": LoRA(rank = 8)}`: blocks of a block replaced by path, before they have their names. A
// replacement takes the block that stands there as its `base`.
#include "lang/check/Elaborator.h"
#include "lang/check/Paths.h"

namespace heed {

Value Elaborator::evalWith(const ast::With &e, const ScopePtr &scope) {
  Value base = eval(*e.base, scope), map = eval(*e.map, scope);
  auto block = base.as<BlockRef>();
  auto entries = map.as<std::shared_ptr<const Dictionary>>();
  if (base.poisoned() || map.poisoned())
    return {};
  if (!block || block->instance->bound) {
    auto &report = fault(Kind::TypeMismatch, e.base->range,
                         "`with` replaces blocks of a block or model that has no name "
                         "yet, and this is {}",
                         describe(base));
    if (block)
      report.helped("write `with` where the block is made: `name = Block(…) with {…}`");
    return {};
  }
  auto instance = std::make_shared<Instance>(*block->instance);
  const auto *written = ast::as<ast::Map>(e.map);
  ++withs;
  for (size_t i = 0; entries && i < (*entries)->entries.size(); ++i) {
    auto entry = std::make_shared<Replacement>();
    const auto &[pattern, by] = (*entries)->entries[i];
    entry->pattern = pattern, entry->by = by, entry->order = withs, entry->root = instance;
    entry->range = written ? written->entries[i].keyRange : e.map->range;
    if (by.poisoned())
      return {};
    instance->replacements.push_back({namesOfPath(pattern), entry});
    replacements.push_back(entry);
  }
  return BlockRef{instance};
}

/// What the entries say of a member, and of what lies below it.
std::vector<ReplacementBelow> Elaborator::below(const std::vector<ReplacementBelow> &all, const std::string &name) {
  std::vector<ReplacementBelow> result;
  for (const ReplacementBelow &one : all)
    for (std::vector<std::string> &rest : afterName(one.rest, name))
      result.push_back({std::move(rest), one.entry});
  return result;
}

/// The same for the blocks of a list, whose numbers are names of the path.
Value Elaborator::replacedWithin(Value value, const std::vector<ReplacementBelow> &all) {
  if (all.empty())
    return value;
  if (auto block = value.as<BlockRef>(); block && !block->instance->bound)
    return replaced(std::move(value), all);
  auto list = value.as<std::shared_ptr<const List>>();
  if (!list)
    return value;
  auto items = std::make_shared<List>();
  for (size_t i = 0; i < (*list)->items.size(); ++i)
    items->items.push_back(replacedWithin((*list)->items[i], below(all, std::to_string(i))));
  return std::shared_ptr<const List>(items);
}

/// The block, or what stands in its place. Entries of one `with` speak of the blocks that it is written behind, so what
/// they say further below is meant for the block that was replaced; later ones see the replacement.
Value Elaborator::replaced(Value value, const std::vector<ReplacementBelow> &all) {
  const Replacement *by = nullptr;
  BlockRef now = *value.as<BlockRef>(), replacedNow = now;
  for (const ReplacementBelow &one : all) {
    BlockRef &meant = by && by->order == one.entry->order ? replacedNow : now;
    if (!mayEnd(one.rest)) {
      meant.instance->replacements.push_back(one);
      continue;
    }
    if (by && by->order == one.entry->order) {
      one.entry->used = true; // as a second name for the block
      if (by != one.entry.get())
        fault(Kind::DuplicateName, one.entry->range, "`{}` and `{}` replace the same block", one.entry->pattern,
              by->pattern)
            .mark(by->range, "the other one");
      continue;
    }
    one.entry->used = true;
    by = one.entry.get();
    Value made = call(one.entry->by, one.entry->range, {{"base", Value(now), one.entry->range}}, one.entry->range);
    auto block = made.as<BlockRef>();
    if (made.poisoned())
      return {};
    if (!block || block->instance->bound) {
      fault(Kind::TypeMismatch, one.entry->range, "a replacement is a new block, and this is {}", describe(made));
      return {};
    }
    replacedNow = now, now = *block;
  }
  return now;
}

/// `base = base`: a member takes the hyper-parameter over, and says how it is stored.
bool Elaborator::takenOver(const Instance &instance, const std::string &name) {
  for (const ast::Member &member : instance.declaration->members) {
    auto value = ast::as<ast::NameExpr>(member.value);
    if (member.kind == ast::Member::Kind::Bind && member.targets.front().name.text == name && value &&
        value->name == name)
      return !member.condition;
  }
  return false;
}

/// Paths of all blocks below, as they were named.
void Elaborator::blockPaths(const Value &value, const Instance &within, std::vector<std::string> &paths) {
  if (auto list = value.as<std::shared_ptr<const List>>()) {
    for (const Value &item : (*list)->items)
      blockPaths(item, within, paths);
    return;
  }
  auto block = value.as<BlockRef>();
  if (!block || !block->instance->bound)
    return;
  const std::string &path = block->instance->place.path;
  bool below = path.size() > within.place.path.size() && path.starts_with(within.place.path);
  if (!below || std::find(paths.begin(), paths.end(), path) != paths.end())
    return; // shared, and named elsewhere
  paths.push_back(path);
  for (const auto &[name, inner] : block->instance->fields)
    blockPaths(inner, *block->instance, paths);
}

/// A path that no block has is a mistake.
void Elaborator::reportUnused() {
  for (const auto &entry : replacements) {
    if (entry->used || !entry->root->bound)
      continue;
    std::vector<std::string> paths;
    for (const auto &[name, value] : entry->root->fields)
      blockPaths(value, *entry->root, paths);
    for (std::string &path : paths)
      if (const std::string &root = entry->root->place.path; !root.empty())
        path = path.substr(root.size() + 1);
    auto &report = fault(Kind::NoSuchPath, entry->range, "no block of `{}` has the path `{}`",
                         entry->root->declaration->name.text, entry->pattern);
    std::vector<std::string> names = namesOfPath(entry->pattern);
    std::string above;
    for (size_t i = 0; i + 1 < names.size(); ++i)
      above += (i ? "." : "") + names[i];
    auto isAbove = [&](const std::string &path) { return fitsPath(above, path); };
    auto isNamed = [&](const std::string &path) { return fitsName(names.back(), namesOfPath(path).back()); };
    bool parameter =
        std::any_of(paths.begin(), paths.end(), isAbove) && std::none_of(paths.begin(), paths.end(), isNamed);
    auto near = nearest(entry->pattern, paths);
    if (!near.empty())
      report.helped(fmt::format("did you mean `{}`?", near));
    else if (parameter && !above.empty())
      report.helped(fmt::format("the block is `{}`; `with` replaces whole blocks", above));
    else
      report.helped(fmt::format("there are `{}`", fmt::join(paths, "`, `")));
  }
}

} // namespace heed
