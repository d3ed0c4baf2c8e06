// RUN: heed-opt %s --heed-print-streams -split-input-file -verify-diagnostics | FileCheck %s

!x = tensor<?x?x8xf32, #heed.axes<T, B, 8>>
!h = tensor<?x8xf32, #heed.axes<B, 8>>

// A loop along the stream gives position t at t; what it carries was made at the position before. Its last value
// waits for the end, which nothing here asks for.
heed.model @Scan digest "" precision "f32" {
// CHECK-LABEL: @forward over T
// CHECK-NEXT: %x: d0, needs now
// CHECK-NEXT: %h: constant
heed.entry @forward(%x: !x {heed.input = "x"}, %h: !h {heed.input = "h"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T", "B"], stream = "T"} {
  // CHECK-NEXT: %[[carry:.*]]: turn {{[0-9]+}} - 1, needs now
  // CHECK-NEXT: %[[slice:.*]]: turn {{[0-9]+}}, needs now
  // CHECK-NEXT: %{{.*}}#0: the end, needs now
  // CHECK-NEXT: %{{.*}}#1: d0, needs now
  // CHECK-NEXT: %{{.*}}: turn {{[0-9]+}}, needs now
  %last, %all = heed.scan <T> carries(%h : !h) sequences(%x : !x) {
  ^bb0(%0: !h, %1: !h):
    %n = heed.index none [b < B, d < 8] (%0[b, d], %1[b, d]) {
    ^bb0(%2: f32, %3: f32):
      %4 = arith.addf %2, %3 : f32
      heed.yield %4 : f32
    } : (!h, !h) -> !h
    heed.yield %n, %n : !h, !h
  } : !h, !x
  heed.return %all : !x
}
}

// -----

!x = tensor<?x?x8xf32, #heed.axes<T, B, 8>>
!h = tensor<?x8xf32, #heed.axes<B, 8>>

// From the other end it begins when the stream has ended.
heed.model @Backwards digest "" precision "f32" {
// expected-note @below {{gives a position of `T` as soon as it has come}}
heed.entry @forward(%x: !x {heed.input = "x"}, %h: !h {heed.input = "h"}) -> (!x {heed.result = "y"}) attributes {sizes = ["T", "B"], stream = "T"} {
  // expected-error @below {{`forward` looks ahead: a loop from the end of the stream `T` begins when it has ended}}
  %last, %all = heed.scan <T> reverse carries(%h : !h) sequences(%x : !x) {
  ^bb0(%0: !h, %1: !h):
    %n = heed.index none [b < B, d < 8] (%0[b, d], %1[b, d]) {
    ^bb0(%2: f32, %3: f32):
      %4 = arith.addf %2, %3 : f32
      heed.yield %4 : f32
    } : (!h, !h) -> !h
    heed.yield %n, %n : !h, !h
  } : !h, !x
  heed.return %all : !x
}
}

// -----

!x = tensor<?x?xf32, #heed.axes<B, T>>
!i = tensor<?x?xi32, #heed.axes<B, T>>

// Every element of a sorted row depends on all of the row.
heed.model @Sorted digest "" precision "f32" {
// expected-note @below {{gives a position of `T` as soon as it has come}}
heed.entry @forward(%x: !x {heed.input = "x"}) -> (!x {heed.result = "y"}) attributes {sizes = ["B", "T"], stream = "T"} {
  // expected-error @below {{`forward` looks ahead: a value is sorted along the stream `T`}}
  %v, %p = heed.sort %x best <T> : !x -> !x, !i
  heed.return %v : !x
}
}

// -----

!x = tensor<?x?x8xf32, #heed.axes<B, T, 8>>
!v = tensor<?x?x2xf32, #heed.axes<B, T, 2>>
!p = tensor<?x?x2xi32, #heed.axes<B, T, 2>>

// The best of each position's own numbers are its own.
heed.model @Picked digest "" precision "f32" {
// CHECK-LABEL: @forward over T
heed.entry @forward(%x: !x {heed.input = "x"}) -> (!v {heed.result = "y"}) attributes {sizes = ["B", "T"], stream = "T"} {
  // CHECK: %x: d1, needs now
  // CHECK: %{{.*}}: d1, needs now
  %v, %p = heed.sort %x best <2> descending : !x -> !v, !p
  heed.return %v : !v
}
}

// -----

!x = tensor<?x?x8xf32, #heed.axes<B, T, 8>>
!s = tensor<?x?x4x2xf32, #heed.axes<B, T, 4, 2>>
!m = tensor<?x?xf32, #heed.axes<B, 8 * T>>
!f = tensor<?x8xf32, #heed.axes<B * T, 8>>

// Splitting and merging beside the stream keeps its positions; merging it behind a run-time axis loses them.
heed.model @Views digest "" precision "f32" {
// CHECK-LABEL: @kept over T
heed.entry @kept(%x: !x {heed.input = "x"}) -> (!s {heed.result = "y"}) attributes {sizes = ["B", "T"], stream = "T"} {
  // CHECK: %x: d1, needs now
  // CHECK: %{{.*}}: d1 floordiv 8
  // CHECK: %{{.*}}: d1
  %m = heed.reshape %x : !x -> !m
  %s = heed.reshape %m : !m -> !s
  heed.return %s : !s
}
// expected-note @below {{gives a position of `T` as soon as it has come}}
heed.entry @lost(%x: !x {heed.input = "x"}) -> (!x {heed.result = "y"}) attributes {sizes = ["B", "T"], stream = "T"} {
  // expected-error @below {{the axis of the stream `T` is merged with another one here, and can't be told apart again}}
  %f = heed.reshape %x : !x -> !f
  %y = heed.reshape %f : !f -> !x
  heed.return %y : !x
}
}
