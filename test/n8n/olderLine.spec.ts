import { OLDER } from '../../harness/n8n/install/hosts';
import { commandLineStories } from './support/commandLineStories';

describe('Command line of the older n8n on Node 20', () => commandLineStories(OLDER));
