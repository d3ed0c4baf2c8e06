# Writes the pages of `heed explain` into a source file. In: DEFINITIONS (Diagnostics.def), PAGES (folder), OUTPUT (a .cpp). Fails if a kind
# has no page, a page has no kind, or a number stands twice.
cmake_minimum_required(VERSION 3.25)
file(READ ${DEFINITIONS} text)
string(REGEX MATCHALL "\nHEED_DIAGNOSTIC\\([A-Za-z0-9]+, *[0-9]+," entries "${text}")
set(cases "")
set(known "")
set(faults "")
foreach(entry IN LISTS entries)
  string(REGEX MATCH "\\(([A-Za-z0-9]+), *([0-9]+)," _ "${entry}")
  set(name ${CMAKE_MATCH_1})
  set(number ${CMAKE_MATCH_2})
  string(LENGTH ${number} length)
  math(EXPR missing "4 - ${length}")
  string(REPEAT "0" ${missing} zeros)
  set(page E${zeros}${number}.md)
  if(page IN_LIST known)
    string(APPEND faults "\n  ${name}: number ${number} is taken")
    continue()
  endif()
  list(APPEND known ${page})
  if(NOT EXISTS ${PAGES}/${page})
    string(APPEND faults "\n  ${name}: write lang/diagnostics/pages/${page}: what is wrong, an example, its mend")
    continue()
  endif()
  file(READ ${PAGES}/${page} body)
  string(APPEND cases "  case ${number}:\n    return R\"page(${body})page\";\n")
endforeach()
file(GLOB pages RELATIVE ${PAGES} ${PAGES}/*)
foreach(page IN LISTS pages)
  if(NOT page IN_LIST known)
    string(APPEND faults "\n  pages/${page}: no kind in Diagnostics.def has this number")
  endif()
endforeach()
if(faults)
  message(FATAL_ERROR "the pages of `heed explain` and Diagnostics.def differ:${faults}")
endif()
file(WRITE ${OUTPUT} "// Made by EmbedPages.cmake from lang/diagnostics/pages.
#include \"lang/diagnostics/Pages.h\"

std::string_view heed::pageOf(int number) {
  switch (number) {
${cases}  default:
    return {};
  }
}
")
