// A small ray tracer: spheres, a plane, shadows and mirrors, in double
// precision with structures passed by value.
#include <math.h>

#include "kernel.h"

enum { kWidth = 160, kHeight = 120, kSpheres = 12, kMaxBounces = 4 };

typedef struct {
  double x, y, z;
} Vector;

typedef struct {
  Vector centre;
  double radius, mirror, shade;
} Sphere;

typedef struct {
  double distance, mirror, shade;
  Vector point, normal;
} Hit;

static Sphere spheres[kSpheres];
static const Vector kLight = {0.48, 0.6, -0.64};

static Vector Add(Vector a, Vector b) {
  return (Vector){a.x + b.x, a.y + b.y, a.z + b.z};
}
static Vector Scale(Vector a, double f) {
  return (Vector){a.x * f, a.y * f, a.z * f};
}
static double Dot(Vector a, Vector b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
static Vector Normalize(Vector a) { return Scale(a, 1 / sqrt(Dot(a, a))); }

static double DistanceTo(const Sphere* sphere, Vector from, Vector direction) {
  const Vector offset = Add(from, Scale(sphere->centre, -1));
  const double b = Dot(offset, direction);
  const double c = Dot(offset, offset) - sphere->radius * sphere->radius;
  const double discriminant = b * b - c;
  if (discriminant < 0) return INFINITY;
  const double distance = -b - sqrt(discriminant);
  return distance > 1e-6 ? distance : INFINITY;
}

static Hit Trace(Vector from, Vector direction) {
  Hit hit = {.distance = INFINITY};
  for (int i = 0; i < kSpheres; ++i) {
    const double distance = DistanceTo(&spheres[i], from, direction);
    if (distance >= hit.distance) continue;
    hit.distance = distance;
    hit.point = Add(from, Scale(direction, distance));
    hit.normal = Normalize(Add(hit.point, Scale(spheres[i].centre, -1)));
    hit.mirror = spheres[i].mirror;
    hit.shade = spheres[i].shade;
  }
  const double ground =
      direction.y < 0 ? (-1 - from.y) / direction.y : INFINITY;
  if (ground > 1e-6 && ground < hit.distance) {
    hit.distance = ground;
    hit.point = Add(from, Scale(direction, ground));
    hit.normal = (Vector){0, 1, 0};
    hit.mirror = 0.2;
    const int odd = (int)(floor(hit.point.x) + floor(hit.point.z)) & 1;
    hit.shade = odd ? 0.9 : 0.3;
  }
  return hit;
}

static double Shade(Vector from, Vector direction) {
  double brightness = 0, weight = 1;
  for (int bounce = 0; bounce < kMaxBounces; ++bounce) {
    const Hit hit = Trace(from, direction);
    if (hit.distance == INFINITY) {
      return brightness + weight * (0.5 + 0.5 * direction.y);
    }
    const double facing = Dot(hit.normal, kLight);
    const int lit = facing > 0 && Trace(hit.point, kLight).distance == INFINITY;
    brightness +=
        weight * (1 - hit.mirror) * hit.shade * (0.2 + (lit ? facing : 0));
    weight *= hit.mirror;
    direction =
        Add(direction, Scale(hit.normal, -2 * Dot(direction, hit.normal)));
    from = hit.point;
  }
  return brightness;
}

static uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0, state = 41;
  for (uint32_t round = 0; round < rounds; ++round) {
    for (int i = 0; i < kSpheres; ++i) {
      spheres[i] =
          (Sphere){{NextUnit(&state) * 6 - 3, NextUnit(&state) * 2 - 0.8,
                    NextUnit(&state) * 5 + 2},
                   0.3 + NextUnit(&state) / 2,
                   NextUnit(&state),
                   NextUnit(&state)};
    }
    double total = 0;
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const Vector direction = {(x - kWidth / 2) / 80.0,
                                  (kHeight / 2 - y) / 80.0, 1};
        total += Shade((Vector){0, 0.3, -3}, Normalize(direction));
      }
    }
    checksum = FoldDouble(checksum, total);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 340, Run); }
