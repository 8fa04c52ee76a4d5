// What the table knows of base images, by every form of their names, and what it must not take for one of them.

import { describe, expect, test } from 'vitest';
import { asGoodAs, baseOf } from '../src/facts/baseImages/baseImages.ts';

const shown = (ref: string) => {
  const { family, distribution, python, pythonAt, libc, externallyManaged, entrypoint, brings } = baseOf(ref);
  return { family, distribution, python, pythonAt, libc, externallyManaged, entrypoint, brings };
};

describe('mirrors of the hub', () => {
  test.each([
    'docker.io/library/python:3.12',
    'docker.io/python:3.12',
    'index.docker.io/library/python:3.12',
    'registry-1.docker.io/library/python:3.12',
    'registry.hub.docker.com/library/python:3.12',
    'public.ecr.aws/docker/library/python:3.12',
    'mirror.gcr.io/library/python:3.12',
    'gitlab.example.com/group/dependency_proxy/containers/python:3.12',
    'gitlab.example.com:5050/a/b/dependency_proxy/containers/library/python:3.12',
    '\uE000ARG CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX\uE001/python:3.12',
    'arm64v8/python:3.12',
    'python:3.12@sha256:0000',
  ])('%s', (ref) => {
    expect(shown(ref)).toEqual(shown('python:3.12'));
    expect(baseOf(ref)).toMatchObject({ ref, knownBy: 'table', family: 'python', python: '3.12', complete: true });
  });

  test.each([
    'myorg/python:3.12',
    'registry.example/python:3.12',
    'registry.example/library/python:3.12',
    'python.example/slim',
    'pythons:3.12',
    'mirror.gcr.io/myorg/python:3.12',
    'docker.io/myorg/python:3.12',
    'dependency_proxy/containers/python:3.12',
    'group/dependency_proxy/containers/python:3.12',
    '\uE000ARG PREFIX\uE001/python:3.12',
    '\uE000ARG NAME\uE001:3.12',
    'example.org/nvidia/cuda:12.1.1-base-ubuntu22.04',
    'example.org/astral-sh/uv:python3.12-bookworm',
    'jupyter/repo2docker:main',
    'tiangolo/meinheld-gunicorn:python3.9',
    'myorg/miniconda3',
    'mcr.microsoft.com/vscode/others/python:3.12',
    'public.ecr.aws/lambda/nodejs:20',
    'gcr.io/distroless/base-debian12',
    'registry.access.redhat.com/ubi9/nodejs-20',
    'python:3.12-windowsservercore',
  ])('not %s', (ref) => {
    expect(baseOf(ref)).toMatchObject({
      ref,
      knownBy: 'nobody',
      family: 'unknown',
      complete: false,
      brings: 'unknown',
    });
  });
});

describe('what is known', () => {
  test.each<[string, object]>([
    [
      'python:3.12-alpine',
      { distribution: 'alpine', libc: 'musl', externallyManaged: false, pythonAt: '/usr/local/bin/python3.12' },
    ],
    ['python:3.1\uE000ARG X\uE001', { family: 'python', python: undefined }],
    ['python@sha256:00', { family: 'python', python: undefined }],
    ['debian:bookworm-slim', { python: '3.11', externallyManaged: true, libc: 'glibc', pythonAt: '/usr/bin/python3' }],
    ['debian:12.5', { python: '3.11', externallyManaged: true }],
    ['debian:bullseye', { python: '3.9', externallyManaged: false }],
    ['debian', { python: undefined, externallyManaged: true }],
    ['debian@sha256:00', { python: undefined, externallyManaged: undefined }],
    ['ubuntu:22.04', { distribution: 'ubuntu', python: '3.10', externallyManaged: false }],
    ['ubuntu:noble-20240530', { python: '3.12', externallyManaged: true }],
    ['ubuntu:latest', { python: undefined, externallyManaged: true }],
    ['public.ecr.aws/ubuntu/ubuntu:24.04', { python: '3.12', externallyManaged: true }],
    ['alpine:3.18.4', { python: '3.11', externallyManaged: false, libc: 'musl' }],
    ['alpine:3.20', { python: '3.12', externallyManaged: true }],
    ['alpine', { externallyManaged: true }],
    ['buildpack-deps:bookworm-scm', { distribution: 'debian', python: '3.11' }],
    ['buildpack-deps:jammy', { distribution: 'ubuntu', python: '3.10' }],
    [
      'fedora:41',
      { distribution: 'redhat', python: '3.13', externallyManaged: undefined, entrypoint: 'none', brings: 'unknown' },
    ],
    ['rockylinux:9-minimal', { distribution: 'redhat', python: '3.9' }],
    ['quay.io/rockylinux/rockylinux:8', { python: '3.6' }],
    ['almalinux:9.4', { python: '3.9', entrypoint: 'none' }],
    ['amazonlinux:2023', { python: '3.9' }],
    ['public.ecr.aws/amazonlinux/amazonlinux:2', { python: '3.7' }],
    ['registry.access.redhat.com/ubi9/ubi-minimal:9.4', { python: '3.9', entrypoint: 'none' }],
    ['registry.access.redhat.com/ubi8', { python: '3.6' }],
    ['registry.redhat.io/ubi9/python-312:1', { python: '3.12', entrypoint: 'execs', user: '1001' }],
    [
      'nvidia/cuda:12.1.1-cudnn8-devel-ubuntu22.04',
      { distribution: 'ubuntu', python: '3.10', entrypoint: 'execs', brings: [] },
    ],
    ['nvcr.io/nvidia/cuda:12.5.1-runtime-rockylinux9', { distribution: 'redhat', python: '3.9', entrypoint: 'execs' }],
    ['nvidia/cuda:latest', { knownBy: 'nobody' }],
    ['nvidia/cuda:\uE000ARG V\uE001-base-ubuntu24.04', { python: '3.12', externallyManaged: true }],
    [
      'mcr.microsoft.com/devcontainers/python:1-3.12-bookworm',
      { family: 'python', python: '3.12', entrypoint: 'none', brings: ['gitpython'] },
    ],
    ['mcr.microsoft.com/devcontainers/python:3', { family: 'python', python: undefined }],
    [
      'public.ecr.aws/lambda/python:3.12',
      { python: '3.12', pythonAt: '/var/lang/bin/python3.12', cwd: '/var/task', entrypoint: 'own' },
    ],
    [
      'gcr.io/distroless/python3-debian12:nonroot',
      { python: '3.11', pythonAt: '/usr/bin/python3.11', sh: 'unknown', entrypoint: 'own' },
    ],
    ['gcr.io/distroless/python3', { python: undefined }],
    [
      'pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime',
      { entrypoint: 'execs', cwd: '/workspace', brings: ['torch', 'torchvision', 'torchaudio'] },
    ],
    ['tensorflow/tensorflow:2.16.1-gpu', { brings: ['tensorflow'], entrypoint: 'own' }],
    [
      'quay.io/jupyter/scipy-notebook:latest',
      { tools: ['conda'], pythonAt: '/opt/conda/bin/python3', entrypoint: 'own' },
    ],
    ['continuumio/miniconda3:24.5.0-0', { tools: ['conda'], entrypoint: 'none' }],
    [
      'docker.io/mambaorg/micromamba:1.5',
      { tools: ['conda'], shell: ['/usr/local/bin/_dockerfile_shell.sh'], entrypoint: 'own' },
    ],
    [
      'apache/airflow:2.9.1-python3.11',
      { python: '3.11', user: '50000', brings: ['apache-airflow'], entrypoint: 'own' },
    ],
    ['apache/airflow:2.9.1', { python: undefined }],
    [
      'tiangolo/uvicorn-gunicorn-fastapi:python3.11-slim',
      { family: 'python', python: '3.11', command: 'own', brings: ['uvicorn', 'gunicorn'] },
    ],
    ['ghcr.io/astral-sh/uv:0.5.1-python3.12-bookworm-slim', { family: 'python', python: '3.12', tools: ['uv'] }],
    ['ghcr.io/astral-sh/uv:python3.12-alpine3.20', { distribution: 'alpine', libc: 'musl', tools: ['uv'] }],
    ['ghcr.io/astral-sh/uv:python3.12-dhi', { knownBy: 'nobody' }],
    [
      'ghcr.io/astral-sh/uv:debian-slim',
      { family: 'distribution', distribution: 'debian', externallyManaged: true, tools: ['uv'] },
    ],
    ['ghcr.io/astral-sh/uv:0.5-bookworm-slim', { python: '3.11', tools: ['uv'] }],
    ['astral/uv:alpine', { distribution: 'alpine', tools: ['uv'] }],
    ['ghcr.io/astral-sh/uv:0.6.16', { family: 'scratch', entrypoint: 'own', tools: ['uv'] }],
    ['ghcr.io/astral-sh/uv@sha256:00', { knownBy: 'nobody' }],
    ['node:20-bookworm-slim', { family: 'distribution', python: '3.11', entrypoint: 'execs' }],
    ['node:20', { distribution: 'debian', python: undefined }],
    ['node:20-alpine3.20', { distribution: 'alpine', python: '3.12' }],
    ['ruby:3.3-bullseye', { python: '3.9', entrypoint: 'none' }],
    ['rust:1-bookworm', { python: '3.11', externallyManaged: true }],
    ['golang:1.24-alpine', { distribution: 'alpine', cwd: '/go' }],
    ['scratch', { family: 'scratch', knownBy: 'table' }],
  ])('%s', (ref, known) =>
    expect({ python: undefined, externallyManaged: undefined, ...baseOf(ref) }).toMatchObject(known),
  );
});

describe('what the configuration says is as good', () => {
  const bases = {
    'registry.example/python:*': 'python:*',
    'registry.example/tools': 'debian:12',
    'old/*:1': 'ubuntu:22.04',
  };
  test.each([
    ['registry.example/python:3.12-slim', 'python:3.12-slim'],
    ['registry.example/python:3.12@sha256:00', 'python:3.12'],
    ['registry.example/tools', 'debian:12'],
    ['registry.example/tools:7', 'debian:12'],
    ['old/thing:1', 'ubuntu:22.04'],
    ['registry.example/pythons:3.12', undefined],
    ['registry-example/python:3.12', undefined],
    ['registry.example/tools/more', undefined],
    ['old/thing:10', undefined],
  ])('%s', (ref, answer) => expect(asGoodAs(ref, bases)).toBe(answer));
});
