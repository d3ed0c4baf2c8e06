# find_package(Heed): Heed::headers and Heed::runtime to link with, Heed::heed the program, and heed_add_model.
get_filename_component(heed_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET Heed::headers)
  add_library(Heed::headers INTERFACE IMPORTED)
  set_target_properties(Heed::headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${heed_prefix}/include/heed")

  # Written in C++, with an interface in C: a program in C links with the C++ library too.
  add_library(Heed::runtime STATIC IMPORTED)
  set_target_properties(Heed::runtime PROPERTIES
    IMPORTED_LOCATION "${heed_prefix}/lib/heed/libheed_runtime.a"
    INTERFACE_LINK_LIBRARIES "Heed::headers;stdc++;m")

  add_executable(Heed::heed IMPORTED)
  set_target_properties(Heed::heed PROPERTIES IMPORTED_LOCATION "${heed_prefix}/bin/heed")
endif()

unset(heed_prefix)
include("${CMAKE_CURRENT_LIST_DIR}/HeedAddModel.cmake")
