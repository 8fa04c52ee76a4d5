// The flags of the commands that start something in containers: `docker run`, `docker exec`, `docker compose run` and `exec`.
import { flagTable } from '../flags.ts';

/** Source: `docker run --help` and `docker create --help`, with what podman has in addition. */
export const RUN_FLAGS = flagTable(
  `--add-host --annotation --arch --attach -a --authfile --blkio-weight --blkio-weight-device --cap-add --cap-drop --cgroup-parent --cgroupns
  --cidfile --cpu-count --cpu-percent --cpu-period --cpu-quota --cpu-rt-period --cpu-rt-runtime --cpu-shares -c --cpus --cpuset-cpus
  --cpuset-mems --detach-keys --device --device-cgroup-rule --device-read-bps --device-read-iops --device-write-bps --device-write-iops --dns
  --dns-option --dns-opt --dns-search --domainname --entrypoint --env -e --env-file --expose --gpus --group-add --health-cmd --health-interval
  --health-retries --health-start-interval --health-start-period --health-timeout --hostname -h --ip --ip6 --ipc --isolation
  --kernel-memory --label -l --label-file --link --link-local-ip --log-driver --log-opt --mac-address --memory -m --memory-reservation
  --memory-swap --memory-swappiness --mount --name --net --net-alias --network --network-alias --oom-score-adj --pid --pids-limit --platform --pod
  --publish -p --pull --restart --runtime --security-opt --shm-size --stop-signal --stop-timeout --storage-opt --sysctl --tmpfs
  --ulimit --user -u --userns --uts --volume -v --volume-driver --volumes-from --workdir -w`,
  `--detach -d --disable-content-trust --init --interactive -i --no-healthcheck --oom-kill-disable --privileged --publish-all -P
  --quiet -q --read-only --replace --rm --sig-proxy --tty -t --use-api-socket`,
);

/** Source: `docker exec --help`, `podman exec --help`. */
export const EXEC_FLAGS = flagTable(
  '--detach-keys --env -e --env-file --user -u --workdir -w',
  '--detach -d --interactive -i --latest -l --privileged --tty -t',
);

/** Source: `docker compose --help`. */
export const COMPOSE_FLAGS = flagTable(
  '--ansi --env-file --file -f --parallel --profile --progress --project-directory --project-name -p --log-level',
  '--all-resources --compatibility --dry-run --verbose --no-ansi',
);

/** Source: `docker compose run --help`. */
export const COMPOSE_RUN_FLAGS = flagTable(
  '--cap-add --cap-drop --entrypoint --env -e --env-from-file --label -l --name --publish -p --pull --user -u --volume -v --workdir -w',
  '--build --detach -d --interactive -i --no-deps --no-TTY -T --quiet -q --quiet-build --quiet-pull --remove-orphans --rm --service-ports -P --use-aliases --tty -t',
);

/** Source: `docker compose exec --help`. */
export const COMPOSE_EXEC_FLAGS = flagTable(
  '--env -e --index --user -u --workdir -w',
  '--detach -d --no-TTY -T --privileged --interactive -i --tty -t',
);
